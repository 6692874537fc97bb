/** Several templates of one campaign: each to its share, or tried on some of which the best goes to the rest. */
import type { CampaignPreviewView, CampaignView, EstimateView } from '../../src/campaigns/campaigns.dto.js';
import { EngagementLog } from '../../src/ledger/index.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, audience, draft, ledgerOf, look, mailbox, template, whenAll, whenState } from './campaign.support.js';

let app: TestApp;
let tenant: Tenant;
let a: string;
let b: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  [a, b] = [
    await template(app, tenant, 'email', { body: 'A for {{ name }}' }),
    await template(app, tenant, 'email', { body: 'B for {{ name }}' }),
  ];
});
afterAll(() => app.close());

const TEST = { sharePercent: 25, durationMinutes: 5, minimum: 10 };

async function campaign(people: number, more: object = {}): Promise<string> {
  const variants = [{ templateKey: a }, { templateKey: b }];
  return (await draft(app, tenant, { audienceId: await audience(app, tenant, people), variants, ...more })).id;
}

/** Recipients by the template that they were written. */
async function writtenOf(id: string): Promise<Map<string, string[]>> {
  const rows = await app.database.query<{ recipient: string; key: string; id: string }>(
    `select message.id, recipient, template.key from message
     join template_version as version on version.id = template_version_id join template on template.id = version.template_id
     where campaign_id = $1 order by recipient`,
    [id],
  );
  expect(new Set(rows.map(({ recipient }) => recipient)).size).toBe(rows.length);
  return new Map([...Map.groupBy(rows, ({ key }) => key)].map(([key, all]) => [key, all.map((row) => row.recipient)]));
}

/** The first so many of a variant's recipients click, or machines do. */
async function click(
  id: string,
  key: string,
  count: number,
  kind: 'clicked' | 'machine_clicked' = 'clicked',
): Promise<void> {
  const messages = await app.database.query<{ id: string }>(
    `select message.id from message join template_version as version on version.id = template_version_id
     join template on template.id = version.template_id where campaign_id = $1 and key = $2 order by message.id limit $3`,
    [id, key, count],
  );
  expect(messages).toHaveLength(count);
  await app.nest.get(EngagementLog).record(
    messages.map((message) => ({ messageId: message.id, kind })),
    'link',
  );
}

/** Its whole test group is delivered, and its clock runs. */
const tested = (id: string): Promise<CampaignView> =>
  until(async () => {
    const view = await look(app, tenant, id);
    const { byStatus, messages } = view.progress;
    return view.test?.decidesAt !== null && messages > 0 && byStatus['delivered'] === messages && view;
  });
const counted = (id: string, clicks: readonly number[]): Promise<unknown> =>
  until(async () => {
    const { variants, progress } = await look(app, tenant, id);
    const delivered = variants.reduce((sum, variant) => sum + variant.delivered, 0);
    return delivered === progress.messages && String(variants.map(({ clicked }) => clicked)) === String(clicks);
  });
const timeIsOver = (id: string): Promise<unknown> =>
  app.database.query(`update campaign_test set sent_at = now() - interval '1 hour' where campaign_id = $1`, [id]);

test('without a test each template goes to its share, and preview and estimate know who gets which', async () => {
  const id = await campaign(400, {
    variants: [
      { templateKey: a, share: 1 },
      { templateKey: b, share: 3 },
    ],
  });
  const estimate = (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;
  expect(estimate).toMatchObject({ audience: 400, recipients: 400, segments: 400, byChannel: { email: 400 } });
  const preview = async (choice: object): Promise<CampaignPreviewView> =>
    (await app.as(tenant).post(`/api/campaigns/${id}/preview`).send(choice).expect(200)).body as CampaignPreviewView;
  const foreseen = new Map<string, string | undefined>();
  for (let n = 1; n <= 12; n += 1) foreseen.set(mailbox(n), (await preview({ contact: mailbox(n) })).variant);
  expect(await preview({ variant: b, contact: mailbox(1) })).toMatchObject({
    variant: b,
    content: { text: expect.stringMatching(/^B/) as string },
  });
  const { body } = await app
    .as(tenant)
    .post(`/api/campaigns/${id}/test`)
    .send({ to: ['me@example.com'] })
    .expect(202);
  expect((body as { items: object[] }).items).toMatchObject([{ status: 'queued' }, { status: 'queued' }]);

  await act(app, tenant, id, 'launch');
  await whenState(app, tenant, id, 'SENT');
  const written = await writtenOf(id);
  expect(written.get(a)?.length).toBeGreaterThan(60);
  expect(written.get(a)?.length).toBeLessThan(140);
  expect((written.get(a)?.length ?? 0) + (written.get(b)?.length ?? 0)).toBe(400);
  for (const [contact, key] of foreseen)
    expect([contact, written.get(key ?? '')?.includes(contact)]).toEqual([contact, true]);
  await whenAll(app, tenant, id, ['delivered']);
  await counted(id, [0, 0]);
  const view = await look(app, tenant, id);
  expect(view.test).toBeNull();
  expect(view.variants).toMatchObject([
    { templateKey: a, templateVersion: 1, share: 1, sent: written.get(a)?.length },
    { templateKey: b, templateVersion: 1, share: 3, sent: written.get(b)?.length },
  ]);
});

test('after a test the variant that more people clicked goes to the rest, machines not counted, and it is said how sure that is', async () => {
  const id = await campaign(400, { test: TEST });
  await act(app, tenant, id, 'launch');
  const testing = await tested(id);
  expect(testing).toMatchObject({
    status: 'SENDING',
    test: { winner: null, reason: null, decidedAt: null },
    progress: { frozen: false },
  });
  const group = testing.progress.messages;
  expect(group).toBeGreaterThan(60);
  expect(group).toBeLessThan(140);
  await click(id, b, 20);
  await click(id, a, 5);
  await click(id, a, 25, 'machine_clicked');
  await counted(id, [5, 20]);
  await act(app, tenant, id, 'pause');
  await timeIsOver(id);
  await app.database.query(`update campaign set messages_per_minute = 60000 where id = $1`, [id]);
  expect((await act(app, tenant, id, 'resume')).test).toMatchObject({ winner: null }); // nothing was decided while it was held
  const sent = await whenState(app, tenant, id, 'SENT');
  expect(sent.test).toMatchObject({
    winner: b,
    reason: 'clicks',
    decidedBy: null,
    decidedAt: expect.any(String) as string,
  });
  expect(sent.test?.confidencePercent).toBeGreaterThan(95);
  expect(sent.progress).toMatchObject({ audience: 400, excluded: 0, messages: 400, frozen: true });
  const written = await writtenOf(id);
  expect(written.get(a)?.length).toBeLessThan(group);
  expect(written.get(b)?.length).toBe(400 - (written.get(a)?.length ?? 0));
  const { body } = await app.as(tenant).post(`/api/campaigns/${id}/winner`).send({ templateKey: a }).expect(409);
  expect(body).toMatchObject({ code: 'campaign_state' });
});

test('people who lack what one variant needs are left out of it, and the test of too few goes to the first, which is said', async () => {
  const needy = await template(app, tenant, 'email', { body: 'Row {{ row }}' });
  const audienceId = await audience(app, tenant, 100, `jsonb_build_object('name', 'Guest')`);
  const variants = [{ templateKey: a }, { templateKey: needy }];
  const { id } = await draft(app, tenant, { audienceId, variants, test: TEST });
  await act(app, tenant, id, 'launch');
  const { progress } = await tested(id);
  expect(progress.excludedBy).toEqual({ missing_variables: progress.excluded });
  expect(progress.excluded).toBeGreaterThan(0);
  await timeIsOver(id);
  const sent = await whenState(app, tenant, id, 'SENT');
  expect(sent.test).toMatchObject({ winner: a, reason: 'too_few', confidencePercent: null });
  expect(sent.progress).toMatchObject({ audience: 100, excluded: progress.excluded });
});

test('a person may decide before, once, and the rest goes at once', async () => {
  const id = await campaign(80, { test: { ...TEST, metric: 'none' } });
  const decide = (templateKey: string) => app.as(tenant).post(`/api/campaigns/${id}/winner`).send({ templateKey });
  expect((await decide(b).expect(409)).body).toMatchObject({ code: 'campaign_state' });
  await act(app, tenant, id, 'launch');
  expect((await decide('nobody').expect(422)).body).toMatchObject({
    code: 'variant_not_in_campaign',
    errors: [{ path: 'templateKey' }],
  });
  const both = await Promise.all([decide(b), decide(b)]);
  expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409]);
  const sent = await whenState(app, tenant, id, 'SENT');
  expect(sent.test).toMatchObject({
    winner: b,
    reason: 'by_hand',
    decidedBy: expect.stringMatching(/^key:/) as string,
  });
  expect(sent.progress).toMatchObject({ audience: 80, messages: 80 });
  await writtenOf(id);
});

test('a cancel ends a test, and an expiry too: nobody else is sent to', async () => {
  const [cancelled, expired] = [
    await campaign(60, { test: TEST }),
    await campaign(60, { test: TEST, expiresAt: '2099-01-01T00:00:00Z' }),
  ];
  for (const id of [cancelled, expired]) await act(app, tenant, id, 'launch');
  const group = (await tested(cancelled)).progress.messages;
  await act(app, tenant, cancelled, 'cancel');
  await tested(expired);
  await app.database.query(`update campaign set expires_at = now() where id = $1`, [expired]);
  const ended = await whenState(app, tenant, expired, 'SENT');
  expect(ended.test).toMatchObject({ reason: 'expired', confidencePercent: null });
  expect(ended.progress).toMatchObject({ audience: 60, messages: 60 });
  expect(Object.keys(ended.progress.byStatus).toSorted((one, other) => one.localeCompare(other))).toEqual([
    'delivered',
    'expired',
  ]);
  expect(await ledgerOf(app, cancelled)).toEqual({ delivered: group });
});

test('variants are changed as a whole, and what does not go together is refused with what to change', async () => {
  const id = await campaign(5, { test: TEST });
  const change = (changes: object) => app.as(tenant).patch(`/api/campaigns/${id}`).send(changes);
  const refused = async (changes: object, path: string, code = 'invalid_request'): Promise<void> => {
    const { status, body } = await change(changes);
    expect([status >= 400 && status < 500, body]).toEqual([true, expect.objectContaining({ code })]);
    expect(JSON.stringify(body)).toContain(path);
  };
  await refused({ templateKey: a }, 'templateKey');
  await refused({ variants: [{ templateKey: a }] }, 'variants');
  await refused({ variants: [{ templateKey: a }, { templateKey: a }] }, 'variants[1].templateKey');
  await refused(
    { variants: [{ templateKey: a }, { templateKey: 'gone' }] },
    'variants[1].templateKey',
    'template_not_found',
  );
  await refused({ variants: null, templateKey: a, test: TEST }, 'test');
  await refused(
    {
      channels: [
        { channel: 'email', templateKey: a },
        { channel: 'sms', templateKey: b },
      ],
    },
    'variants',
  );
  const when = {
    scheduledAt: `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T18:00`,
    inZone: 'recipient',
  };
  expect((await app.as(tenant).post(`/api/campaigns/${id}/schedule`).send(when).expect(422)).body).toMatchObject({
    code: 'bad_schedule',
  });
  expect(
    (await app.as(tenant).post(`/api/campaigns/${id}/preview`).send({ variant: 'gone' }).expect(422)).body,
  ).toMatchObject({
    code: 'variant_not_in_campaign',
  });
  const changed = (
    await change({ variants: [{ templateKey: b, share: 2 }, { templateKey: a }], test: null }).expect(200)
  ).body as CampaignView;
  expect(changed).toMatchObject({
    templateKey: b,
    test: null,
    variants: [
      { templateKey: b, share: 2 },
      { templateKey: a, share: 1 },
    ],
  });
  const one = (await change({ variants: null, templateKey: a }).expect(200)).body as CampaignView;
  expect(one).toMatchObject({ templateKey: a, variants: [] });
});
