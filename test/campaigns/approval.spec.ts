/** Large campaigns start only when a second person has approved exactly what they send. */
import { CommandBus } from '@nestjs/cqrs';
import { AdvanceCampaign } from '../../src/campaigns/advance-campaign.command.js';
import type { CampaignReviewView } from '../../src/campaigns/approval/approvals.dto.js';
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { DueCampaigns } from '../../src/campaigns/due-campaigns.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, audience, draft, ledgerOf, look, nextMonth, template } from './campaign.support.js';

const FROM = 20;
const MAKING = ['campaigns:write', 'campaigns:read', 'templates:write'];

let app: TestApp;
let tenant: Tenant;
/** Who makes campaigns, and who approves them. */
let maker: Tenant;
let second: Tenant;
let key: string;

beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  maker = await app.keyOf(tenant, MAKING);
  second = await app.keyOf(tenant, ['campaigns:approve', 'campaigns:read', 'campaigns:write']);
  key = await template(app, tenant, 'email');
  await settings({ campaignApprovalFrom: FROM });
});
afterAll(() => app.close());

const settings = (body: object) => app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send(body).expect(200);
const made = async (people: number, more: object = {}): Promise<CampaignView> =>
  draft(app, maker, { templateKey: key, audienceId: await audience(app, tenant, people), ...more });
const review = async (id: string): Promise<CampaignReviewView> => {
  const { body } = await app.as(second).get(`/api/campaigns/${id}/approval`).expect(200);
  return body as CampaignReviewView;
};
const approve = async (id: string, owner = second): Promise<{ status: number; code: unknown }> => {
  const { digest } = await review(id);
  return post(id, 'approve', { digest }, owner);
};
async function post(
  id: string,
  action: string,
  body: object = {},
  owner = maker,
): Promise<{ status: number; code: unknown }> {
  const answer = await app.as(owner).post(`/api/campaigns/${id}/${action}`).send(body);
  return { status: answer.status, code: (answer.body as { code?: unknown }).code };
}
const NEEDED = { status: 409, code: 'approval_needed' };
const DONE = { status: 200, code: undefined };
const awaiting = async (): Promise<string[]> => {
  const { body } = await app.as(second).get('/api/campaigns?approval=awaiting').expect(200);
  return (body as { items: CampaignView[] }).items.map(({ id }) => id);
};
const addPeople = async (audienceId: string, count: number): Promise<void> => {
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'email', 'more' || uuidv7() || '@example.com', '{"name": "More"}', uuidv7() from generate_series(1, $2::int)`,
    [audienceId, count],
  );
};
const whenDue = async (id: string): Promise<CampaignView> => {
  await app.database.query(`update campaign set scheduled_at = date_trunc('second', now()) where id = $1`, [id]);
  await app.nest.get(DueCampaigns).launch();
  return look(app, maker, id);
};

test('below the size a campaign starts as ever, and from it on a second person must approve it', async () => {
  const small = await made(FROM - 1);
  expect(await review(small.id)).toMatchObject({ isNeeded: false, people: FROM - 1, neededFrom: FROM, approval: null });
  expect(await post(small.id, 'launch')).toEqual(DONE);

  const large = await made(FROM);
  expect(await post(large.id, 'launch')).toEqual(NEEDED);
  await act(app, maker, large.id, 'request-approval');
  expect(await awaiting()).toEqual([large.id]);
  expect(await approve(large.id, maker)).toEqual({ status: 403, code: 'missing_scope' });
  expect(await approve(large.id)).toEqual(DONE);
  expect(await awaiting()).toEqual([]);
  expect(await review(large.id)).toMatchObject({ isNeeded: true, isApproved: true, approval: { state: 'approved' } });
  expect(await post(large.id, 'launch')).toEqual(DONE);
});

test('who made, changed or scheduled it cannot approve it, nor with a key that followed theirs; the admin key can', async () => {
  const campaign = await made(FROM);
  const own = await app.keyOf(tenant, [...MAKING, 'campaigns:approve']);
  await app.as(own).patch(`/api/campaigns/${campaign.id}`).send({ name: 'Changed' }).expect(200);
  const OWN = { status: 403, code: 'own_approval' };
  expect(await approve(campaign.id, own)).toEqual(OWN);
  const mine = await app.keyOf(tenant, ['campaigns:approve']);
  const { body: keys } = await app.admin().get(`/api/tenants/${tenant.id}/api-keys`).expect(200);
  const { items } = keys as { items: { id: string }[] };
  const idOf = ({ key: secret }: Tenant): string =>
    items.find(({ id }) => secret.includes(id.replaceAll('-', '')))?.id ?? '';
  await app.database.query('update api_key set replaces = $2 where id = $1', [idOf(mine), idOf(own)]);
  const { digest } = await review(campaign.id);
  expect(await post(campaign.id, 'approve', { digest }, mine)).toEqual(OWN);
  await app.admin(tenant.id).post(`/api/campaigns/${campaign.id}/approve`).send({ digest, note: 'Seen' }).expect(200);
  const { body } = await app.admin(tenant.id).get('/api/audit?action=campaign.approve&limit=1').expect(200);
  expect(body).toMatchObject({ items: [{ actor: 'admin', objectId: campaign.id, details: { digest } }] });
  expect(await post(campaign.id, 'launch')).toEqual(DONE);
});

test('what is approved is what was reviewed: a change before takes it out of the hand, and one after takes it back', async () => {
  const campaign = await made(FROM);
  const { digest } = await review(campaign.id);
  const change = (body: object) => app.as(maker).patch(`/api/campaigns/${campaign.id}`).send(body).expect(200);
  await change({ expiresAt: '2099-01-01T00:00:00Z' });
  expect(await post(campaign.id, 'approve', { digest }, second)).toEqual({ status: 409, code: 'approval_outdated' });
  expect(await approve(campaign.id)).toEqual(DONE);
  await change({ name: 'Only a name', messagesPerMinute: 600 });
  expect(await review(campaign.id)).toMatchObject({ isApproved: true });
  await change({ expiresAt: null });
  expect(await review(campaign.id)).toMatchObject({ isApproved: false, approval: null });
  expect(await post(campaign.id, 'launch')).toEqual(NEEDED);
});

test('a new version of its template, or an audience that has grown by more than a tenth, takes it back', async () => {
  const own = await template(app, tenant, 'email');
  const campaign = await made(FROM, { templateKey: own });
  expect(await approve(campaign.id)).toEqual(DONE);
  const version = { subject: 'Another', text: 'Quite another, {{ name }}.' };
  await app.as(maker).put(`/api/templates/${own}`).send(version).expect(200);
  expect(await post(campaign.id, 'launch')).toEqual(NEEDED);
  expect(await approve(campaign.id)).toEqual(DONE);

  await addPeople(campaign.audienceId, 2);
  expect(await review(campaign.id)).toMatchObject({ isApproved: true, people: FROM + 2 });
  await addPeople(campaign.audienceId, 1);
  expect(await review(campaign.id)).toMatchObject({ isApproved: false, approval: { state: 'approved', people: FROM } });
  expect(await post(campaign.id, 'launch')).toEqual(NEEDED);
});

test('a scheduled one is asked for by itself, starts at its time if it is approved, and fails and says so if it never was', async () => {
  const scheduledAt = nextMonth();
  const [approved, forgotten] = [await made(FROM, { scheduledAt }), await made(FROM)];
  await act(app, maker, forgotten.id, 'schedule', { scheduledAt });
  expect((await awaiting()).toSorted()).toEqual([approved.id, forgotten.id].toSorted());
  expect(await whenDue(forgotten.id)).toMatchObject({
    status: 'FAILED',
    statusReason: expect.stringContaining('a second person must approve it'),
    approval: { state: 'awaiting' },
  });
  expect(await ledgerOf(app, forgotten.id)).toEqual({});
  await app.database.query(`update campaign set scheduled_at = date_trunc('second', now()) where id = $1`, [
    approved.id,
  ]);
  expect(await approve(approved.id)).toEqual(DONE);
  expect(await post(approved.id, 'launch')).toEqual(NEEDED); // not at its time
  await app.nest.get(DueCampaigns).launch();
  expect(await look(app, maker, approved.id)).toMatchObject({ status: 'SENDING' });
  // Late, it is approved for a launch by hand.
  expect(await approve(forgotten.id)).toEqual(DONE);
  expect(await post(forgotten.id, 'launch')).toEqual(DONE);
});

test('another time takes the approval of a scheduled one back; one that was approved as a draft may be scheduled', async () => {
  const scheduled = await made(FROM, { scheduledAt: nextMonth() });
  expect(await approve(scheduled.id)).toEqual(DONE);
  const sooner = new Date(Date.now() + 86_400_000).toISOString();
  const moved = await act(app, maker, scheduled.id, 'schedule', { scheduledAt: sooner });
  expect(moved.approval).toMatchObject({ state: 'awaiting', decidedBy: null });
  const open = await made(FROM);
  expect(await approve(open.id)).toEqual(DONE);
  await act(app, maker, open.id, 'schedule', { scheduledAt: sooner });
  expect(await whenDue(open.id)).toMatchObject({ status: 'SENDING', approval: { state: 'approved' } });
});

test('one that is declined is a draft again, with the reason, and does not start', async () => {
  const campaign = await made(FROM, { scheduledAt: nextMonth() });
  expect(await post(campaign.id, 'decline', { reason: 'No discount' }, maker)).toMatchObject({ status: 403 });
  const view = await act(app, second, campaign.id, 'decline', { reason: 'No discount' });
  expect(view).toMatchObject({
    status: 'DRAFT',
    scheduledAt: null,
    approval: { state: 'declined', note: 'No discount' },
  });
  expect(await post(campaign.id, 'launch')).toEqual(NEEDED);
});

test('who comes to the audience after the launch is not written to beyond what was approved, or needs no approval', async () => {
  const small = await made(3);
  expect(await post(small.id, 'launch')).toEqual(DONE);
  await addPeople(small.audienceId, FROM);
  await app.nest.get(CommandBus).execute(new AdvanceCampaign(small.id));
  expect(await look(app, maker, small.id)).toMatchObject({
    status: 'PAUSED',
    statusReason: expect.stringContaining('Paused by itself'),
  });
  expect(await ledgerOf(app, small.id)).toEqual({});
  await app.database.query(`delete from contact where audience_id = $1 and address ^@ 'more'`, [small.audienceId]);
  await act(app, maker, small.id, 'resume');
  await app.nest.get(CommandBus).execute(new AdvanceCampaign(small.id));
  expect(await ledgerOf(app, small.id)).toEqual({ queued: 3 });
});

test('over several channels each person counts once, of a segment its members alone, and another rule of it takes the approval back', async () => {
  const audienceId = await audience(app, tenant, 2 * FROM, `jsonb_build_object('name', 'Guest', 'n', n)`);
  await app.database.query(`update contact set person = address where audience_id = $1`, [audienceId]);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id, person)
     select audience_id, 'phone', '+1555123' || lpad((attributes ->> 'n'), 4, '0'), attributes, import_id, person from contact where audience_id = $1`,
    [audienceId],
  );
  const ruleFrom = (least: number): object => ({ '>': [{ var: 'n' }, least] });
  const { body } = await app
    .as(tenant)
    .post('/api/segments')
    .send({ audienceId, name: 'The later', rule: ruleFrom(FROM) })
    .expect(201);
  const segmentId = (body as { id: string }).id;
  const channels = [
    { channel: 'email', templateKey: key },
    { channel: 'sms', templateKey: await template(app, tenant, 'sms') },
  ];
  const input = { name: 'Both', audienceId, channels, segmentId };
  const { body: both } = await app.as(maker).post('/api/campaigns').send(input).expect(201);
  const { id } = both as CampaignView;
  expect(await review(id)).toMatchObject({ isNeeded: true, people: FROM });
  expect(await approve(id)).toEqual(DONE);
  await app
    .as(tenant)
    .patch(`/api/segments/${segmentId}`)
    .send({ rule: ruleFrom(FROM - 1) })
    .expect(200);
  expect(await review(id)).toMatchObject({ people: FROM + 1, isApproved: false });
  expect(await post(id, 'launch')).toEqual(NEEDED);
});

test('approvals and changes at once never start what was not approved', async () => {
  for (let round = 0; round < 8; round += 1) {
    const own = await template(app, tenant, 'email');
    const campaign = await made(FROM, { templateKey: own });
    const { digest } = await review(campaign.id);
    const version = { subject: 'Another', text: 'Quite another, {{ name }}.' };
    const answers = await Promise.all([
      post(campaign.id, 'approve', { digest }, second),
      ...(round % 2 === 0
        ? [app.as(maker).put(`/api/templates/${own}`).send(version)]
        : [app.as(maker).patch(`/api/campaigns/${campaign.id}`).send({ frequencyCapDays: 7 })]),
      post(campaign.id, 'launch'),
      post(campaign.id, 'launch'),
    ]);
    const [, changed] = answers;
    expect([200, 409]).toContain(changed?.status); // launched before it
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const after = await post(campaign.id, 'launch');
    const [stored] = await app.database.query<{ version: number; cap: number | null; launched: boolean }>(
      `select coalesce(template_version.version, 1) as version, frequency_cap_days as cap, launched_at is not null as launched
       from campaign left join template_version on template_version.id = template_version_id where campaign.id = $1`,
      [campaign.id],
    );
    // Whatever came first: it has started as it was approved, or not at all.
    if (stored?.launched === true) expect(stored).toMatchObject({ version: 1, cap: null });
    else expect(after).toEqual(NEEDED);
  }
});

test('turning it off is in the audit log, and then nobody is asked', async () => {
  await settings({ campaignApprovalFrom: null });
  const { body } = await app.as(tenant).get('/api/audit?action=tenant.settings&limit=1').expect(200);
  const changes = { campaignApprovalFrom: { from: FROM, to: null } };
  expect(body).toMatchObject({ items: [{ details: { changes } }] });
  const campaign = await made(FROM, { scheduledAt: nextMonth() });
  expect(campaign.approval).toBeNull();
  expect(await post(campaign.id, 'launch')).toEqual(DONE);
});

describe('A letter', () => {
  /** A notice of each kind about a campaign, with whom it goes to. */
  const letters = (id: string): Promise<unknown[]> =>
    app.database.query(
      `select kind, array(select address from notice_delivery where notice_id = notice.id order by address) as emails
       from notice where payload ->> 'campaignId' = $1 order by notice.id`,
      [id],
    );
  const invite = async (email: string, role: string): Promise<string> => {
    const { body } = await app.as(tenant).post('/api/users').send({ email, role }).expect(201);
    return (body as { id: string }).id;
  };

  test('tells of a request those who may approve it, and of a decision whoever asked', async () => {
    const author = await invite('author@example.com', 'operator');
    await invite('checker@example.com', 'operator');
    await invite('head@example.com', 'admin');
    await invite('writer@example.com', 'marketer');
    const gone = await invite('gone@example.com', 'operator');
    await app.as(tenant).patch(`/api/users/${gone}`).send({ disabled: true }).expect(200);
    const { id } = await made(FROM);
    await app.database.query(`update campaign set created_by = $2, changed_by = null where id = $1`, [
      id,
      `user:${author}`,
    ]);
    const asked = { kind: 'campaign.approval_requested', emails: ['checker@example.com', 'head@example.com'] };
    await post(id, 'request-approval');
    expect(await letters(id)).toEqual([asked]);
    await app.database.query(`update campaign_approval set requested_by = $2 where campaign_id = $1`, [
      id,
      `user:${author}`,
    ]);
    expect(await post(id, 'decline', { reason: 'Not now' }, second)).toEqual(DONE);
    const declined = { kind: 'campaign.declined', emails: ['author@example.com'] };
    expect(await letters(id)).toEqual([asked, declined]);
    expect(await approve(id)).toEqual(DONE);
    expect(await letters(id)).toEqual([asked, declined, { ...declined, kind: 'campaign.approved' }]);
  });

  test('is written to nobody where nobody may approve, and keys asked', async () => {
    await app.database.query(`update console_user set disabled_at = now() where tenant_id = $1`, [tenant.id]);
    const { id } = await made(FROM);
    await post(id, 'request-approval');
    expect(await approve(id)).toEqual(DONE);
    expect(await letters(id)).toEqual([]);
  });
});
