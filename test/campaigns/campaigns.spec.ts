/** A campaign from its draft to its end: whom it goes to, whom it leaves out, and that its counts always add up. */
import { CampaignChunks } from '../../src/campaigns/campaign-chunks.js';
import type { CampaignView, EstimateView } from '../../src/campaigns/campaigns.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import {
  act,
  audience,
  doubtsOf,
  draft,
  emptyAudience,
  ledgerOf,
  look,
  mailbox,
  template,
  whenAll,
  whenState,
  whenSettled,
} from './campaign.support.js';
import { decide } from '../support/consent.js';
import { list, read, sendAll, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { usageOf } from '../support/usage.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
});
afterAll(() => app.close());
beforeEach(() => app.http.delete('/sandbox/messages').expect(204));
afterEach(() => faults(app, {}));

const takenBy = async (): Promise<string[]> => (await recordOf(app)).map(({ to }) => to);
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => mailbox(from + index));

test('everyone in the audience is either left out with a reason or sent to once, and the counts say so at every moment', async () => {
  // More than one chunk of freezing, with every reason to be left out.
  const own = await app.tenant();
  app.nest.get(CampaignChunks).size = 1_000;
  const size = 2_100;
  const templateKey = await template(app, own, 'email', { category: 'marketing' });
  const audienceId = await audience(
    app,
    own,
    size,
    `case when n <= 15 then '{}' else jsonb_build_object('name', n) end`,
  );
  await app.database.query(
    `insert into consent (venue_id, channel, address, tenant_id, status, source, occurred_at)
     select $1, 'email', 'guest' || lpad(n::text, 6, '0') || '@example.com', $2,
       case when n <= 20 then 'opted_out' else 'opted_in' end, 'test', now() from generate_series(11, $3::int - 30) as n`,
    [own.defaultVenueId, own.id, size],
  );
  await app.database.query(
    `insert into suppression (tenant_id, channel, address, reason) select $1, 'email', unnest($2::text[]), 'hard_bounce'`,
    [own.id, range(101, 140)],
  );
  const { id, progress } = await draft(app, own, { templateKey, audienceId, pauseAtFailurePercent: null });
  expect(progress).toMatchObject({ audience: 0, messages: 0, byStatus: {}, frozen: false });
  const expected = { opted_out: 10, no_opt_in: 40, hard_bounce: 40 };
  const estimate = await app.as(own).get(`/api/campaigns/${id}/estimate`).expect(200);
  expect(estimate.body).toMatchObject({
    audience: size,
    excluded: 90,
    excludedBy: expected,
    recipients: size - 90,
    segments: size - 90,
    sampled: false,
    ratePerSecond: 2_000,
    durationSeconds: 2,
  } satisfies Partial<EstimateView>);
  expect(await act(app, own, id, 'launch')).toMatchObject({
    status: 'SENDING',
    launchedAt: expect.any(String) as string,
  });

  const sent = await whenState(app, own, id, 'SENT');
  expect(sent).toMatchObject({ sentAt: expect.any(String) as string, templateVersion: 1, category: 'marketing' });
  expect(sent.progress).toMatchObject({
    audience: size,
    excluded: 90,
    excludedBy: expected,
    messages: size - 90,
    frozen: true,
  });
  const all = await whenSettled(app, own, id, takenBy);
  expect(all.progress.byStatus).toEqual(await ledgerOf(app, id));

  const taken = await takenBy();
  expect(taken).toHaveLength(size - 90 - doubtsOf(all));
  expect(new Set(taken).size).toBe(taken.length);
  const left = await app.as(own).get(`/api/campaigns/${id}/exclusions?limit=500`).expect(200);
  const { items } = left.body as { items: { address: string; reason: string }[] };
  expect(items).toHaveLength(90);
  expect(items.filter(({ address }) => taken.includes(address))).toEqual([]);
  expect(items.find(({ address }) => address === mailbox(12))).toEqual({ address: mailbox(12), reason: 'opted_out' });
});

test('people whose data lack a variable are left out by that reason; what they have is rendered for each', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(
    app,
    tenant,
    20,
    `case when n <= 5 then '{}' else jsonb_build_object('name', 'No. ' || n) end`,
  );
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  const { progress } = await whenState(app, tenant, id, 'SENT');
  expect(progress).toMatchObject({ excludedBy: { missing_variables: 5 }, messages: 15 });
  const [mail] = await recordOf(app, mailbox(7));
  expect(mail).toMatchObject({ subject: 'For No. 7', text: 'Doors open at 19:00, No. 7.' });
  const [message] = (await list(app, tenant, { campaignId: id, to: mailbox(7) })).items;
  const { events, campaignId } = await read(app, tenant, message?.id ?? '');
  expect(campaignId).toBe(id);
  expect(events[0]).toMatchObject({ kind: 'queued', source: 'campaign' });
});

test('an SMS is billed by the segments of each person’s own text', async () => {
  const templateKey = await template(app, tenant, 'sms', { body: 'Hello {{ name }}' });
  const audienceId = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', '+49151000000' || n, jsonb_build_object('name', repeat('x', case n when 12 then 400 when 13 then 1700 else 5 end)), uuidv7()
     from generate_series(10, 19) as n`,
    [audienceId],
  );
  const { id } = await draft(app, tenant, { templateKey, audienceId, channel: 'sms' });
  const estimate = await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200);
  expect((estimate.body as EstimateView).bySegments[0]).toMatchObject({ country: 'DE', encoding: 'GSM-7' });
  await act(app, tenant, id, 'launch');
  await whenAll(app, tenant, id, ['delivered', 'failed']);
  const rows = await app.database.query<{ segments: number; reason: string | null; count: number }>(
    `select segments, reason, count(*)::int as count from message where campaign_id = $1 group by 1, 2 order by 1, 3`,
    [id],
  );
  expect(rows).toEqual([
    { segments: 1, reason: 'text_too_long', count: 1 },
    { segments: 1, reason: null, count: 8 },
    { segments: 3, reason: null, count: 1 },
  ]);
  const billed = await until(async () => {
    const { lines } = await usageOf(app, tenant);
    return lines.find(({ channel, messages }) => channel === 'sms' && messages === 9);
  });
  expect(billed).toMatchObject({ messages: 9, segments: 11 });
});

test('who opts out while it is sending is not sent to any more', async () => {
  await faults(app, { calls: [{ provider: 'ses', latencyMs: { min: 600, max: 600 } }] });
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 3_000);
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).progress.byStatus['sent']);
  const late = range(2_501, 3_000);
  await decide(app, tenant, late, 'email', 'opted_out');
  const before = await takenBy();
  const { progress } = await whenState(app, tenant, id, 'SENT');
  const blocked = progress.byStatus['blocked_opted_out'] ?? 0;
  expect(blocked).toBeGreaterThan(0);
  const after = await takenBy();
  const [unsaid] = await app.database.query<{ count: number }>(
    `select count(*)::int as count from message where campaign_id = $1 and recipient = any($2) and status = 'unknown' and recipient <> all($3)`,
    [id, late, after],
  );
  // What was with the provider when the opt-outs were recorded may arrive; nothing that was claimed later does.
  expect(after.filter((to) => late.includes(to)).length).toBe(500 - blocked - (unsaid?.count ?? 0));
  expect(before.length).toBeLessThan(3_000);
  await decide(app, tenant, late, 'email', 'opted_in');
});

test('a test goes to one’s own people with somebody’s data, and is not counted', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 3);
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  const { body } = await app
    .as(tenant)
    .post(`/api/campaigns/${id}/test`)
    .send({ to: ['me@riverside.example', 'nobody'] })
    .expect(202);
  expect(body).toMatchObject({ items: [{ status: 'queued' }, { error: { code: 'invalid_address' } }] });
  const [mail] = await until(async () => {
    const taken = await recordOf(app, 'me@riverside.example');
    return taken.length > 0 && taken;
  });
  expect(mail).toMatchObject({ subject: 'For Guest 1' });
  expect(await look(app, tenant, id)).toMatchObject({ status: 'DRAFT', progress: { messages: 0 } });
});

test('a test needs no opt-in of one’s own people, is marked, and never goes to somebody who said no', async () => {
  const own = await app.tenant();
  const templateKey = await template(app, own, 'email', { category: 'marketing' });
  const { id } = await draft(app, own, { templateKey, audienceId: await audience(app, own, 3) });
  const [colleague, refuser] = [newMailbox(), newMailbox()];
  await decide(app, own, [refuser], 'email', 'opted_out');
  const test = async (body: object): Promise<object[]> =>
    (await app.as(own).post(`/api/campaigns/${id}/test`).send(body).expect(202)).body.items as object[];
  const [sent, refused] = (await test({ to: [colleague, refuser] })) as { id: string }[];
  const arrived = await whenStatus(app, own, sent?.id ?? '', 'delivered');
  expect(arrived).toMatchObject({ isTest: true, category: 'marketing', campaignId: null });
  expect(await whenStatus(app, own, refused?.id ?? '', 'blocked_opted_out')).toMatchObject({ reason: 'opted_out' });
  // The same message that is no test is left out.
  const [plain] = await sendAll(app, own, [
    { channel: 'email', to: colleague, template: { key: templateKey, data: { name: 'x' } } },
  ]);
  expect(await whenStatus(app, own, plain ?? '', 'skipped_no_consent')).toMatchObject({ isTest: false });
  const eleven = Array.from({ length: 11 }, () => newMailbox());
  const { body } = await app.as(own).post(`/api/campaigns/${id}/test`).send({ to: eleven }).expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'to' }] });
});

test('a test and a preview are made with a chosen contact’s data, or with one’s own', async () => {
  const own = await app.tenant();
  const templateKey = await template(app, own, 'email', { category: 'marketing' });
  const audienceId = await audience(
    app,
    own,
    3,
    `case when n = 1 then '{}' else jsonb_build_object('name', 'No. ' || n) end`,
  );
  const { id } = await draft(app, own, { templateKey, audienceId });
  await decide(app, own, [mailbox(3)], 'email', 'opted_in');
  const preview = async (choice: object, status = 200): Promise<unknown> =>
    (await app.as(own).post(`/api/campaigns/${id}/preview`).send(choice).expect(status)).body as unknown;
  const from = expect.stringContaining('@') as string;
  expect(await preview({})).toEqual({
    contact: mailbox(2), // the first who has all that the template needs
    excludedAs: 'no_opt_in',
    goesAt: null,
    templateVersion: 1,
    from,
    content: {
      subject: 'For No. 2',
      text: expect.stringMatching(/^Doors open at 19:00, No\. 2\. https:\S+$/) as unknown,
    },
  });
  const third = ` ${mailbox(3).toUpperCase()}`;
  expect(await preview({ contact: third })).toMatchObject({
    contact: mailbox(3),
    excludedAs: null,
    content: { subject: 'For No. 3' },
  });
  expect(await preview({ data: { name: 'Ana' } })).toMatchObject({ contact: null, content: { subject: 'For Ana' } });
  expect(await preview({ contact: mailbox(1) }, 422)).toMatchObject({ code: 'missing_variables' });
  expect(await preview({ contact: 'nobody@example.com' }, 404)).toMatchObject({
    code: 'contact_not_found',
    errors: [{ path: 'contact' }],
  });
  const to = newMailbox();
  await app
    .as(own)
    .post(`/api/campaigns/${id}/test`)
    .send({ to: [to], contact: mailbox(3) })
    .expect(202);
  const [mail] = await until(async () => {
    const taken = await recordOf(app, to);
    return taken.length > 0 && taken;
  });
  expect(mail?.subject).toBe('For No. 3');
});

test('of an empty audience, a test and a preview ask for data', async () => {
  const templateKey = await template(app, tenant, 'email');
  const { id } = await draft(app, tenant, { templateKey, audienceId: await emptyAudience(app, tenant) });
  for (const [action, body] of [
    ['preview', {}],
    ['test', { to: ['me@riverside.example'] }],
  ] as const) {
    const answer = await app.as(tenant).post(`/api/campaigns/${id}/${action}`).send(body).expect(422);
    expect(answer.body).toMatchObject({
      code: 'no_example_contact',
      detail: expect.stringContaining('`name`') as string,
      errors: [{ path: 'data' }],
    });
  }
  await app
    .as(tenant)
    .post(`/api/campaigns/${id}/preview`)
    .send({ data: { name: 'Ana' } })
    .expect(200);
});

test('can be followed as server-sent events to its end', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 500);
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  const answer = await fetch(`${app.url}/api/campaigns/${id}/progress`, {
    headers: { authorization: `Bearer ${tenant.key}` },
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const lines = (await answer.text()).split('\n'); // ends by itself
  expect(lines.filter((line) => line.startsWith('event:')).every((line) => line === 'event: progress')).toBe(true);
  const seen = lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => JSON.parse(line.slice(5)) as CampaignView);
  expect(seen.at(-1)).toMatchObject({ id, status: 'SENT', progress: { messages: 500, remaining: 0 } });
  await app.as(tenant).get(`/api/campaigns/${crypto.randomUUID()}/progress`).expect(404);
});
