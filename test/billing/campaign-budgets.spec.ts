/** Budgets of campaigns: what stops one, what goes on, and that no more of it is ever sent than there is room for. */
import { randomUUID } from 'node:crypto';
import { until } from '../../harness/until.js';
import { Budgets, type Outgoing } from '../../src/billing/budgets/budgets.js';
import { BudgetsSchedule } from '../../src/billing/budgets/budgets.schedule.js';
import type { CampaignLimitView, CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { CampaignThrottles } from '../../src/dispatch/index.js';
import { act, audience, draft, ledgerOf, look, template, whenAll, whenState } from '../campaigns/campaign.support.js';
import { JSON_TYPE, newAudience } from '../campaigns/support.js';
import { consume } from '../support/consumers.js';
import { abandon, email, list, read, sendAll } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterEach(() => faults(app, {}));
afterAll(() => app.close());

async function newTenant(): Promise<Tenant> {
  const tenant = await app.tenant({ timezone: 'UTC' });
  await newSender(app, tenant, { channel: 'email', address: newMailbox() });
  return tenant;
}

/** A launched campaign by email to so many people. */
async function launched(tenant: Tenant, people: number, budget?: object, more: object = {}): Promise<string> {
  const templateKey = await template(app, tenant, 'email', more);
  const { id } = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, people), budget });
  await act(app, tenant, id, 'launch');
  return id;
}

async function change(tenant: Tenant, id: string, budget: object | null): Promise<CampaignView> {
  return (await app.as(tenant).patch(`/api/campaigns/${id}`).send({ budget }).expect(200)).body as CampaignView;
}

async function putMonth(tenant: Tenant, budget: object): Promise<void> {
  const month = { period: 'month', measure: 'messages', hard: true, exempt: [], ...budget };
  await app.as(tenant).put('/api/budgets').send(month).expect(200);
}

const whenHeld = (tenant: Tenant, id: string): Promise<CampaignView> =>
  until(async () => {
    const view = await look(app, tenant, id);
    return view.waitsFor === 'over_budget' && view;
  });

async function limitOf(
  tenant: Tenant,
  id: string,
  measure: 'messages' | 'money' = 'messages',
): Promise<CampaignLimitView> {
  const limit = (await look(app, tenant, id)).budget?.[measure];
  if (!limit) throw new Error(`the campaign has a budget of ${measure}`);
  return limit;
}

/** Raises at once if more is used. */
const whenUsed = (tenant: Tenant, id: string, wanted: number, measure?: 'messages' | 'money'): Promise<unknown> =>
  until(async () => {
    const { used } = await limitOf(tenant, id, measure);
    expect(used).toBeLessThanOrEqual(wanted);
    return used === wanted;
  });

/** What providers have taken of a campaign and what follows it, by their own record. */
async function takenOf(id: string): Promise<string[]> {
  const own = await app.database.query<{ id: string }>(
    `select id from message where coalesce(campaign_id, root_campaign_id) = $1`,
    [id],
  );
  const ids = new Set(own.map((message) => message.id));
  return (await recordOf(app)).flatMap(({ messageId }) => (messageId && ids.has(messageId) ? [messageId] : []));
}

/** The figures of a campaign whose messages all have an end, and what they must be by the events and the amounts of these. */
async function provedUse(id: string): Promise<Record<string, number>> {
  await consume(app, 'usage');
  const figures = await app.database.query<{ currency: string; used: number }>(
    `select coalesce(currency, 'messages') as currency, used::float8 as used from budget_use where scope_id = $1 and used <> 0 order by 1`,
    [id],
  );
  const facts = await app.database.query<{ currency: string; used: number }>(
    `with own as (select id from message where coalesce(campaign_id, root_campaign_id) = $1)
     select 'messages' as currency, count(*)::float8 as used from message_event where kind = 'sent' and message_id in (select id from own) having count(*) > 0
     union all
     select charge_currency, sum(charge_micros)::float8 from billing_amount join billing_basis on billing_basis.id = basis_id
     where message_id in (select id from own) and charge_currency is not null group by 1 having sum(charge_micros) <> 0 order by 1`,
    [id],
  );
  expect(figures).toEqual(facts);
  const [held] = await app.database.query(
    `select (select coalesce(sum(reserved), 0) from budget_reserving where scope_id = $1)
       - (select coalesce(sum(released), 0) from budget_use where scope_id = $1) as reserved,
       (select coalesce(sum(1 + micros), 0) from budget_reservation where campaign_id = $1) as held`,
    [id],
  );
  expect(held).toEqual({ reserved: '0', held: '0' });
  return Object.fromEntries(figures.map(({ currency, used }) => [currency, used]));
}

test('a campaign stops exactly at its own budget, another goes on, and it resumes when that is raised', async () => {
  const tenant = await newTenant();
  const [LIMIT, PEOPLE] = [350, 800];
  const id = await launched(tenant, PEOPLE, { messages: LIMIT, hard: true });
  const other = await launched(tenant, 150);
  await whenHeld(tenant, id);
  await whenUsed(tenant, id, LIMIT);
  expect(await look(app, tenant, id)).toMatchObject({
    status: 'SENDING',
    stoppedBy: [{ of: 'campaign', measure: 'messages' }],
    budget: {
      hard: true,
      money: null,
      messages: { limit: LIMIT, reserved: 0, stoppedAt: expect.any(String) as string },
    },
  });
  expect((await ledgerOf(app, id))['queued']).toBe(PEOPLE - LIMIT);
  expect((await takenOf(id)).length).toBe(LIMIT);
  await whenAll(app, tenant, other, ['delivered']);
  await change(tenant, id, { messages: LIMIT + 100, hard: true });
  await whenUsed(tenant, id, LIMIT + 100);
  expect((await takenOf(id)).length).toBe(LIMIT + 100);
  await change(tenant, id, null);
  const done = await whenAll(app, tenant, id, ['delivered']);
  expect(done).toMatchObject({ waitsFor: null, stoppedBy: [], budget: null });
  expect(await provedUse(id)).toEqual({ messages: PEOPLE });
});

test('a campaign goes only where both its own budget and the tenant’s have room', async () => {
  const tenant = await newTenant();
  await putMonth(tenant, { limit: 3 });
  const id = await launched(tenant, 9, { messages: 5, hard: true });
  expect((await whenHeld(tenant, id)).stoppedBy).toEqual([{ of: 'tenant', measure: 'messages' }]);
  await putMonth(tenant, { limit: 8 });
  await until(async () => (await look(app, tenant, id)).stoppedBy[0]?.of === 'campaign');
  await whenUsed(tenant, id, 5);
  expect((await takenOf(id)).length).toBe(5);
  await change(tenant, id, { messages: 9, hard: true });
  await until(async () => (await look(app, tenant, id)).stoppedBy[0]?.of === 'tenant');
  await whenUsed(tenant, id, 8);
  expect(await look(app, tenant, id)).toMatchObject({ waitsFor: 'over_budget', progress: { remaining: 1 } });
  await putMonth(tenant, { limit: null });
  await whenAll(app, tenant, id, ['delivered']);
});

test('while a campaign waits for its own budget, raising the tenant’s opens all others and not that one', async () => {
  const tenant = await newTenant();
  const own = await launched(tenant, 4, { messages: 1, hard: true });
  await whenHeld(tenant, own);
  await whenUsed(tenant, own, 1);
  await putMonth(tenant, { limit: 2 });
  const other = await launched(tenant, 4);
  await whenHeld(tenant, other);
  await putMonth(tenant, { limit: 50 });
  await whenAll(app, tenant, other, ['delivered']);
  expect(await look(app, tenant, own)).toMatchObject({ waitsFor: 'over_budget', progress: { remaining: 3 } });
});

test('no category is exempt from a campaign’s own budget', async () => {
  const tenant = await newTenant();
  await putMonth(tenant, { limit: 1, exempt: ['transactional'] });
  await sendAll(app, tenant, [email()]);
  const id = await launched(tenant, 4, { messages: 2, hard: true }, { category: 'transactional' });
  expect((await whenHeld(tenant, id)).stoppedBy).toEqual([{ of: 'campaign', measure: 'messages' }]);
  await whenUsed(tenant, id, 2);
  expect((await takenOf(id)).length).toBe(2);
});

test('a campaign’s budget of money is what its messages are charged', async () => {
  const tenant = await newTenant();
  await venueWith(app, tenant, 'sms');
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'by-campaign' }).expect(200);
  await app
    .admin()
    .put('/api/prices?kind=plan&name=by-campaign')
    .set('content-type', 'text/csv')
    .send('channel,unit,price,included,currency\nemail,message,0.02,,USD\nemail,message,,1,USD\n')
    .expect(200);
  const id = await launched(tenant, 6, { money: { limit: 70_000, currency: 'USD' }, hard: true });
  expect((await whenHeld(tenant, id)).stoppedBy).toEqual([{ of: 'campaign', measure: 'money' }]);
  await whenUsed(tenant, id, 60_000, 'money'); // one is included, three are charged
  expect(await provedUse(id)).toEqual({ USD: 60_000, messages: 4 });
  await change(tenant, id, { money: { limit: 100_000, currency: 'USD' }, hard: true });
  await whenAll(app, tenant, id, ['delivered']);
  const refusal = await app
    .as(tenant)
    .patch(`/api/campaigns/${id}`)
    .send({ budget: { money: { limit: 1, currency: 'EUR' }, hard: true } });
  expect(refusal.body).toMatchObject({ code: 'budget_currency_differs', errors: [{ path: 'budget.money.currency' }] });
});

test('what follows a campaign’s messages counts for its budget, waits for it, and goes when it is raised', async () => {
  const tenant = await app.tenant({ timezone: 'UTC', country: 'DE' });
  const templates = { email: await template(app, tenant, 'email'), sms: await template(app, tenant, 'sms') };
  const people = await newAudience(app, tenant);
  await people.import(JSON_TYPE, JSON.stringify([{ email: newMailbox(), phone: newNumber(), name: 'Ana' }]));
  await faults(app, { outcomes: { bounce: 1 } });
  const channels = (['email', 'sms'] as const).map((channel) => ({ channel, templateKey: templates[channel] }));
  const budget = { messages: 1, hard: true };
  const { id } = await draft(app, tenant, { audienceId: people.id, channels, budget, channel: undefined });
  await act(app, tenant, id, 'launch');
  await whenHeld(tenant, id);
  await whenState(app, tenant, id, 'SENT');
  const { items } = await list(app, tenant, { campaignId: id });
  const follower = await until(async () => (await read(app, tenant, items[0]?.id ?? '')).followedBy ?? undefined);
  expect(await read(app, tenant, follower)).toMatchObject({ status: 'queued', reason: 'over_budget' });
  await change(tenant, id, { messages: 2, hard: true });
  await until(async () => (await read(app, tenant, follower)).status === 'delivered');
  expect(await provedUse(id)).toEqual({ messages: 2 });
});

const outgoing = ({ id: tenantId }: Tenant, campaignId: string | null): Outgoing => ({
  id: randomUUID(),
  tenantId,
  campaignId,
  channel: 'email',
  category: 'marketing',
  recipient: newMailbox(),
  sender: newMailbox(),
  segments: 1,
  templateVersionId: null,
  provider: 'ses',
  providerAccountId: randomUUID(),
});

test('drains that reserve for a campaign at the same moment never reserve more than is left of either budget', async () => {
  const tenant = await newTenant();
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 1);
  const { id } = await draft(app, tenant, { templateKey, audienceId, budget: { messages: 33, hard: true } });
  await putMonth(tenant, { limit: 70 });
  const budgets = app.nest.get(Budgets, { strict: false });
  const batches = Array.from({ length: 10 }, (_, place) =>
    Array.from({ length: 10 }, () => outgoing(tenant, place % 2 ? id : null)),
  );
  const over = await Promise.all(batches.map((batch) => app.database.transaction(() => budgets.reserve(batch))));
  const [own, others] = [1, 0].map((rest) =>
    over.filter((_, place) => place % 2 === rest).reduce((sum, { size }) => sum + size, 0),
  );
  expect(50 - (own ?? 0)).toBeLessThanOrEqual(33);
  expect(100 - (own ?? 0) - (others ?? 0)).toBe(70);
  expect(await limitOf(tenant, id)).toMatchObject({ used: 0, reserved: 50 - (own ?? 0) });
});

test('a campaign of two lanes takes no more than its budget together', async () => {
  const tenant = await app.tenant({ timezone: 'UTC', country: 'DE' });
  const templates = { email: await template(app, tenant, 'email'), sms: await template(app, tenant, 'sms') };
  const people = await newAudience(app, tenant);
  const rows = Array.from({ length: 120 }, (_, place) => ({
    ...(place % 2 ? { email: newMailbox() } : { phone: newNumber() }),
    name: 'Ana',
  }));
  await people.import(JSON_TYPE, JSON.stringify(rows));
  const channels = (['email', 'sms'] as const).map((channel) => ({ channel, templateKey: templates[channel] }));
  const { id } = await draft(app, tenant, {
    audienceId: people.id,
    channels,
    channel: undefined,
    budget: { messages: 41, hard: true },
  });
  await act(app, tenant, id, 'launch');
  await whenHeld(tenant, id);
  await whenUsed(tenant, id, 41);
  expect((await takenOf(id)).length).toBe(41);
});

test('a budget that is lowered and raised while its campaign is sent ends at its last limit', async () => {
  const tenant = await newTenant();
  const id = await launched(tenant, 1_000, { messages: 450, hard: true });
  await until(async () => (await limitOf(tenant, id)).used > 0);
  await change(tenant, id, { messages: 100, hard: true });
  await whenHeld(tenant, id);
  await change(tenant, id, { messages: 650, hard: true });
  await whenUsed(tenant, id, 650);
  await whenHeld(tenant, id);
  expect((await takenOf(id)).length).toBe(650);
  await change(tenant, id, { messages: 650, hard: false });
  await whenAll(app, tenant, id, ['delivered']);
});

test('a worker that dies in the middle of a campaign takes none of its budget with it', async () => {
  const tenant = await newTenant();
  const id = await launched(tenant, 6, { messages: 2, hard: true });
  await whenHeld(tenant, id);
  await whenUsed(tenant, id, 2);
  const { items } = await list(app, tenant, { campaignId: id, status: 'queued' });
  const [one = '', other = ''] = items.map((message) => message.id);
  await change(tenant, id, { messages: 4, hard: true });
  await app.nest.get(CampaignThrottles, { strict: false }).stop(id, 'held');
  const budgets = app.nest.get(Budgets, { strict: false });
  const lost = [one, other].map((message) => ({ ...outgoing(tenant, id), id: message }));
  const over = await app.database.transaction(() => budgets.reserve(lost));
  // Whether the campaign went on before it was stopped decides if there is room: what is reserved is given back in any case.
  const kept = [one, other].filter((message) => !over.has(message));
  for (const message of kept) await abandon(app, message, false);
  await until(async () => (await limitOf(tenant, id)).reserved === 0);
  await app.nest.get(CampaignThrottles, { strict: false }).open(id, null);
  await whenUsed(tenant, id, 4);
  expect((await takenOf(id)).length).toBe(4);
});

test('a campaign that was paused or cancelled while its last messages were stopped is not held for its budget', async () => {
  const tenant = await newTenant();
  const throttles = app.nest.get(CampaignThrottles, { strict: false });
  const [paused, cancelled] = [
    await launched(tenant, 4, { messages: 1, hard: true }),
    await launched(tenant, 4, { messages: 1, hard: true }),
  ];
  await whenHeld(tenant, paused);
  await whenHeld(tenant, cancelled);
  await act(app, tenant, paused, 'pause');
  await act(app, tenant, cancelled, 'cancel');
  await throttles.holdFor('over_budget', tenant.id, [paused, cancelled]); // as a drain does that had claimed before
  expect(await throttles.statesOf([paused, cancelled])).toEqual(
    new Map([
      [paused, 'held'],
      [cancelled, 'closed'],
    ]),
  );
  await change(tenant, paused, { messages: 4, hard: true });
  await until(async () => (await limitOf(tenant, paused)).stoppedAt === null);
  expect(await look(app, tenant, paused)).toMatchObject({
    status: 'PAUSED',
    waitsFor: null,
    progress: { remaining: 3 },
  });
  await act(app, tenant, paused, 'resume');
  await whenAll(app, tenant, paused, ['delivered']);
});

test('a campaign that is paused beyond its budget waits for it no longer, and is held again when it is resumed', async () => {
  const tenant = await newTenant();
  const id = await launched(tenant, 3, { messages: 1, hard: true });
  await whenHeld(tenant, id);
  await act(app, tenant, id, 'pause');
  await until(async () => (await limitOf(tenant, id)).stoppedAt === null);
  await act(app, tenant, id, 'resume');
  await whenHeld(tenant, id);
  expect((await takenOf(id)).length).toBe(1);
});

test('a campaign’s budget warns at each share once, whether it is soft or hard', async () => {
  const tenant = await newTenant();
  const id = await launched(tenant, 5, { messages: 6, hard: false });
  const percents = async (): Promise<number[]> => (await limitOf(tenant, id)).warnings.map(({ percent }) => percent);
  await whenAll(app, tenant, id, ['delivered']);
  await whenUsed(tenant, id, 5);
  const watch = (): Promise<void> => app.nest.get(BudgetsSchedule, { strict: false }).watch();
  await watch();
  expect(await percents()).toEqual([50, 80]);
  await change(tenant, id, { messages: 5, hard: true });
  await watch();
  await watch();
  expect(await percents()).toEqual([50, 80, 100]);
});

test('a campaign’s budget says what it limits, and can be put until nothing of it can follow', async () => {
  const tenant = await newTenant();
  const templateKey = await template(app, tenant, 'email');
  const { id } = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, 2) });
  expect((await look(app, tenant, id)).budget).toBeNull();
  const { body } = await app
    .as(tenant)
    .patch(`/api/campaigns/${id}`)
    .send({ budget: { hard: true } })
    .expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'budget' }] });
  const money = { limit: 5_000_000, currency: 'USD' };
  expect(await change(tenant, id, { messages: 9, money, hard: false })).toMatchObject({
    budget: { hard: false, messages: { limit: 9, used: 0 }, money },
  });
  expect((await change(tenant, id, { money, hard: true })).budget).toMatchObject({ hard: true, messages: null, money });
  const audited = await app.database.query(
    `select details from audit_event where tenant_id = $1 and action = 'campaign.update' order by at desc limit 1`,
    [tenant.id],
  );
  expect(JSON.stringify(audited)).toContain('5000000');
  await act(app, tenant, id, 'launch');
  await whenState(app, tenant, id, 'SENT');
  expect((await change(tenant, id, null)).budget).toBeNull();
});
