/** Hard budgets: what waits, what goes on, and that no more is ever sent than there is room for. */
import { randomUUID } from 'node:crypto';
import { until } from '../../harness/until.js';
import { BudgetReservations } from '../../src/billing/budgets/budget-reservations.js';
import { Budgets, type Outgoing } from '../../src/billing/budgets/budgets.js';
import type { BudgetsView, BudgetView } from '../../src/billing/budgets/budgets.dto.js';
import { BudgetsSchedule } from '../../src/billing/budgets/budgets.schedule.js';
import type { Countable } from '../../src/billing/daily-caps/daily-cap.rules.js';
import { DailyCaps } from '../../src/billing/daily-caps/daily-caps.js';
import type { DailyCapsView, DailyCapView } from '../../src/billing/daily-caps/daily-caps.dto.js';
import { DailyCapsSchedule } from '../../src/billing/daily-caps/daily-caps.schedule.js';
import { act, audience, draft, ledgerOf, look, template, whenAll } from '../campaigns/campaign.support.js';
import { decide } from '../support/consent.js';
import { abandon, email, farOff, read, send, sendAll, text } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
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

const MESSAGES = { period: 'month', measure: 'messages', hard: true, exempt: [] };

async function put(tenant: Tenant, budget: object): Promise<void> {
  await app
    .as(tenant)
    .put('/api/budgets')
    .send({ ...MESSAGES, ...budget })
    .expect(200);
}

async function budgetOf(tenant: Tenant, measure = 'messages'): Promise<BudgetView> {
  const { body } = await app.as(tenant).get('/api/budgets').expect(200);
  const found = (body as BudgetsView).items.find((one) => one.measure === measure);
  if (!found) throw new Error(`there is a budget of ${measure}`);
  return found;
}

const emails = (count: number, more: object = {}): object[] => Array.from({ length: count }, () => email(more));

/** Of these, how many a provider has taken, and how many wait for a budget. */
async function shareOf(ids: readonly string[]): Promise<{ sent: number; waiting: number }> {
  const [share] = await app.database.query<{ sent: number; waiting: number }>(
    `select count(*) filter (where status in ('sent', 'delivered'))::int as sent,
       count(*) filter (where status = 'queued' and reason = 'over_budget')::int as waiting
     from message where id = any($1)`,
    [ids],
  );
  return share ?? { sent: 0, waiting: 0 };
}
const whenShared = (ids: readonly string[], sent: number): Promise<unknown> =>
  until(async () => {
    const share = await shareOf(ids);
    return share.sent === sent && share.waiting === ids.length - sent;
  });

/** What providers have taken of a tenant's, by their own record. */
async function takenOf(tenant: Tenant): Promise<string[]> {
  const own = await app.database.query<{ id: string }>(`select id from message where tenant_id = $1`, [tenant.id]);
  const ids = new Set(own.map(({ id }) => id));
  return (await recordOf(app)).flatMap(({ messageId }) => (messageId && ids.has(messageId) ? [messageId] : []));
}

test('messages beyond a hard budget wait with a reason that is shown, and go when it is raised', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 5 });
  const ids = await sendAll(app, tenant, emails(8));
  await whenShared(ids, 5);
  const waiting = (await Promise.all(ids.map((id) => read(app, tenant, id)))).find(({ status }) => status === 'queued');
  expect(waiting).toMatchObject({ reason: 'over_budget', attempts: 0, explanation: expect.stringContaining('budget') });
  await until(async () => (await budgetOf(tenant)).used === 5);
  expect(await budgetOf(tenant)).toMatchObject({ limit: 5, reserved: 0, stoppedAt: expect.any(String) });
  await put(tenant, { limit: 7 });
  await whenShared(ids, 7);
  await put(tenant, { limit: null });
  await whenShared(ids, 8);
  await until(async () => (await budgetOf(tenant)).stoppedAt === null);
});

test('a campaign stops at a hard budget, says so, and resumes by itself when that is raised', async () => {
  const tenant = await newTenant();
  const LIMIT = 500;
  const PEOPLE = 1_200;
  await put(tenant, { limit: LIMIT });
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, PEOPLE);
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).waitsFor === 'over_budget');
  await until(async () => (await budgetOf(tenant)).used === LIMIT);
  expect(await look(app, tenant, id)).toMatchObject({ status: 'SENDING', waitsFor: 'over_budget' });
  expect((await ledgerOf(app, id))['queued']).toBe(PEOPLE - LIMIT);
  expect((await takenOf(tenant)).length).toBe(LIMIT);
  await put(tenant, { limit: PEOPLE });
  const done = await whenAll(app, tenant, id, ['delivered']);
  expect(done.waitsFor).toBeNull();
});

test('a campaign that is paused beyond its budget stays paused when that is raised', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 1 });
  const templateKey = await template(app, tenant, 'email');
  const { id } = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, 4) });
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).waitsFor === 'over_budget');
  await act(app, tenant, id, 'pause');
  await put(tenant, { limit: 4 });
  await until(async () => (await budgetOf(tenant)).stoppedAt === null);
  expect(await look(app, tenant, id)).toMatchObject({ status: 'PAUSED', waitsFor: null, progress: { remaining: 3 } });
  const throttle = await app.database.query(`select state from campaign_flow where campaign_id = $1`, [id]);
  expect(throttle).toEqual([{ state: 'held' }]);
  await act(app, tenant, id, 'resume');
  await whenAll(app, tenant, id, ['delivered']);
});

test('two lanes that send for one tenant at once take no more than its budget together', async () => {
  const tenant = await newTenant();
  const [one, other] = [await venueWith(app, tenant, 'sms'), await venueWith(app, tenant, 'sms')];
  await put(tenant, { limit: 30 });
  const texts = Array.from({ length: 80 }, (_, place) => text({ venueId: (place % 2 ? one : other).venueId }));
  const ids = await sendAll(app, tenant, texts);
  await whenShared(ids, 30);
  expect((await takenOf(tenant)).length).toBe(30);
});

/** A message of a tenant, as a drain is about to send it. */
const outgoing = ({ id: tenantId }: Tenant, more: Partial<Outgoing> = {}): Outgoing => ({
  id: randomUUID(),
  tenantId,
  campaignId: null,
  channel: 'email',
  category: 'marketing',
  recipient: newMailbox(),
  sender: newMailbox(),
  segments: 1,
  templateVersionId: null,
  provider: 'ses',
  providerAccountId: randomUUID(),
  ...more,
});

test('drains that reserve at the same moment never reserve more than is left', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 55 });
  const batches = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => outgoing(tenant)));
  const budgets = app.nest.get(Budgets);
  const over = await Promise.all(batches.map((batch) => app.database.transaction(() => budgets.reserve(batch))));
  expect(over.reduce((sum, { size }) => sum + size, 0)).toBe(45);
  expect(await budgetOf(tenant)).toMatchObject({ used: 0, reserved: 55 });
  // Reserved again by another attempt, they are not counted twice.
  const kept = batches.flat().filter(({ id }) => !over.some((ids) => ids.has(id)));
  expect((await app.database.transaction(() => budgets.reserve(kept))).size).toBe(0);
});

test('what was refused or put off gives its share back, and others go in its place', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 3 });
  const refused = await sendAll(
    app,
    tenant,
    [1, 2, 3].map(() => email({ to: 'refuse+message_rejected@simulator.amazonses.com' })),
  );
  await until(async () =>
    (await Promise.all(refused.map((id) => read(app, tenant, id)))).every(({ status }) => status === 'failed'),
  );
  const ids = await sendAll(app, tenant, emails(4));
  await whenShared(ids, 3);
  await until(async () => (await budgetOf(tenant)).reserved === 0);
  expect((await takenOf(tenant)).length).toBe(3);
});

/** As the drain records it, in a transaction of its own. */
async function happened(id: string, kind: string): Promise<void> {
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source)
     select id, tenant_id, $2, 'sending', channel, category, provider, segments, 'dispatch' from message where id = $1`,
    [id, kind],
  );
}

test('what a worker had reserved that died before its call is free again, and the message is sent', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 1 });
  const id = await send(app, tenant, email({ sendAt: farOff() }));
  await app.database.transaction(() => app.nest.get(Budgets).reserve([outgoing(tenant, { id })]));
  expect(await budgetOf(tenant)).toMatchObject({ used: 0, reserved: 1 });
  await abandon(app, id, false);
  await until(async () => (await budgetOf(tenant)).reserved === 0);
  await app.database.query(`update pending set ready_at = now() where message_id = $1`, [id]); // unless it has gone already
  await until(async () => (await budgetOf(tenant)).used === 1);
  expect(await takenOf(tenant)).toEqual([id]);
});

test('an event of an earlier attempt does not end what the next attempt has reserved', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 10 });
  const id = await send(app, tenant, email({ sendAt: farOff() }));
  const reserve = (): Promise<unknown> =>
    app.database.transaction(() => app.nest.get(Budgets).reserve([outgoing(tenant, { id })]));
  const settle = (): Promise<void> =>
    app.nest.get(BudgetReservations).settle(`(select * from message_event where message_id = '${id}')`);
  await reserve();
  await happened(id, 'deferred');
  await reserve(); // before the event is counted
  await settle();
  expect((await budgetOf(tenant)).reserved).toBe(1);
  await happened(id, 'unknown');
  await settle();
  expect((await budgetOf(tenant)).reserved).toBe(1);
  await happened(id, 'failed');
  await settle();
  expect((await budgetOf(tenant)).reserved).toBe(0);
});

test('exempt categories pass beyond a hard budget and count; others wait', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 1, exempt: ['transactional'] });
  const ids = await sendAll(app, tenant, emails(3));
  await whenShared(ids, 3);
  await until(async () => (await budgetOf(tenant)).used === 3);
  const to = newMailbox();
  await decide(app, tenant, [to], 'email');
  const marketing = await send(app, tenant, email({ to, category: 'marketing' }));
  await until(async () => (await read(app, tenant, marketing)).reason === 'over_budget');
});

test('a message that waits for a budget ends when it expires', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 1 });
  const ids = await sendAll(app, tenant, emails(1));
  await whenShared(ids, 1);
  const id = await send(app, tenant, email({ expiresAt: new Date(Date.now() + 4_000).toISOString() }));
  await until(async () => (await read(app, tenant, id)).reason === 'over_budget');
  await until(async () => (await read(app, tenant, id)).status === 'expired');
});

test('when the month turns, what waited goes', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 2 });
  const ids = await sendAll(app, tenant, emails(4));
  await whenShared(ids, 2);
  await until(async () => (await budgetOf(tenant)).used === 2);
  await app.database.query(
    `with used as (update budget_use set month = month - interval '1 month' where scope_id = $1)
     update budget_reserving set month = month - interval '1 month' where scope_id = $1`,
    [tenant.id],
  );
  await whenShared(ids, 4);
});

test('a budget of money reserves what each message will be charged, by its segments and by what is included', async () => {
  const tenant = await newTenant();
  const { venueId } = await venueWith(app, tenant, 'sms');
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'metered' }).expect(200);
  const rows = ['channel,unit,price,included,currency', 'sms,segment,0.02,,USD', 'sms,segment,,1,USD'];
  await app
    .admin()
    .put('/api/prices?kind=plan&name=metered')
    .set('content-type', 'text/csv')
    .send(rows.map((row) => `${row}\n`).join(''))
    .expect(200);
  await put(tenant, { measure: 'money', limit: 50_000, currency: 'USD' });
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: 5 }, () => text({ venueId })),
  );
  await whenShared(ids, 3); // one is included, two are 40,000, and a third does not fit
  await until(async () => (await budgetOf(tenant, 'money')).used === 40_000);
  expect(await budgetOf(tenant, 'money')).toMatchObject({ reserved: 0, currency: 'USD' });
  await put(tenant, { measure: 'money', limit: 60_000, currency: 'USD' });
  await whenShared(ids, 4);
});

test('a soft budget only warns, once for each share of a month', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 5, hard: false });
  const ids = await sendAll(app, tenant, emails(4));
  await whenShared(ids, 4);
  await until(async () => (await budgetOf(tenant)).used === 4);
  const percents = async (): Promise<number[]> => (await budgetOf(tenant)).warnings.map(({ percent }) => percent);
  await until(async () => (await percents()).length === 2);
  expect(await percents()).toEqual([50, 80]);
  const more = await sendAll(app, tenant, emails(4));
  await whenShared(more, 4);
  await until(async () => (await percents()).length === 3);
  await app.nest.get(BudgetsSchedule).watch();
  expect(await percents()).toEqual([50, 80, 100]);
});

test('a reservation that no event will end is forgotten after an hour', async () => {
  const tenant = await newTenant();
  await put(tenant, { limit: 10 });
  await app.database.transaction(() => app.nest.get(Budgets).reserve([outgoing(tenant), outgoing(tenant)]));
  await app.database.query(
    `update budget_reservation set reserved_at = now() - interval '2 hours' where message_id = (
       select message_id from budget_reservation where tenant_id = $1 limit 1)`,
    [tenant.id],
  );
  await app.nest.get(BudgetsSchedule).watch();
  expect((await budgetOf(tenant)).reserved).toBe(1);
});

test('a budget of money must be in the currency that the tenant is charged in, and one of messages has none', async () => {
  const tenant = await newTenant();
  const refusal = async (budget: object): Promise<unknown> => {
    const { body } = await app
      .as(tenant)
      .put('/api/budgets')
      .send({ ...MESSAGES, limit: 1, ...budget });
    return (body as { code: string }).code;
  };
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'metered' }).expect(200);
  expect(await refusal({ measure: 'money', currency: 'EUR' })).toBe('budget_currency_differs');
  expect(await refusal({ measure: 'money' })).toBe('budget_currency_misplaced');
  expect(await refusal({ currency: 'USD' })).toBe('budget_currency_misplaced');
});

describe('A daily cap', () => {
  const cap = async (tenant: Tenant, limit: number | null, more: object = {}): Promise<unknown> =>
    (
      await app
        .as(tenant)
        .put('/api/daily-caps')
        .send({ channel: 'email', category: 'transactional', limit, ...more })
        .expect(200)
    ).body;
  const capOf = async (tenant: Tenant): Promise<DailyCapView | undefined> =>
    ((await app.as(tenant).get('/api/daily-caps').expect(200)).body as DailyCapsView).items[0];
  const whenCapped = (ids: readonly string[], sent: number): Promise<unknown> =>
    until(async () => {
      const rows = await app.database.query<{ reason: string | null; count: number }>(
        `select case when status = 'queued' then reason end as reason, count(*)::int from message where id = any($1)
           and status in ('queued', 'sent', 'delivered') group by 1`,
        [ids],
      );
      const of = (reason: string | null): number => rows.find((row) => row.reason === reason)?.count ?? 0;
      return of(null) === sent && of('over_daily_cap') === ids.length - sent;
    });

  test('has messages beyond it wait, tells so once, and lets them go when it is raised or the next day begins', async () => {
    const tenant = await newTenant();
    const told = newMailbox();
    await cap(tenant, 5, { notify: { emails: [told] } });
    const ids = await sendAll(app, tenant, emails(9));
    await whenCapped(ids, 5);
    const waiting = (await Promise.all(ids.map((id) => read(app, tenant, id)))).find(
      ({ status }) => status === 'queued',
    );
    expect(waiting).toMatchObject({ attempts: 0, explanation: expect.stringContaining('cap') as string });
    expect(await capOf(tenant)).toMatchObject({ limit: 5, used: 5, byAdmin: false, stoppedAt: expect.any(String) });
    await app.nest.get(DailyCapsSchedule, { strict: false }).watch();
    const { body: notices } = await app.as(tenant).get('/api/notices?kind=daily_cap.reached').expect(200);
    expect((notices as { items: object[] }).items).toMatchObject([
      { data: { channel: 'email', category: 'transactional', limit: 5 } },
    ]);
    await until(async () => (await recordOf(app, told)).length === 1);

    const alarm = await send(app, tenant, email({ category: 'emergency' }));
    await until(async () => (await read(app, tenant, alarm)).status === 'delivered');
    await cap(tenant, 7);
    await whenCapped(ids, 7);
    expect(await capOf(tenant)).toMatchObject({ limit: 7, used: 7 });
    await app.database.query(`update daily_cap set day = day - 1 where tenant_id = $1`, [tenant.id]);
    await whenCapped(ids, 9);
    expect(await capOf(tenant)).toMatchObject({ used: 2, stoppedAt: null });
  });

  test('holds a campaign, which goes on when it is lifted', async () => {
    const tenant = await newTenant();
    await cap(tenant, 2);
    const templateKey = await template(app, tenant, 'email');
    const { id } = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, 6) });
    await act(app, tenant, id, 'launch');
    await until(async () => (await look(app, tenant, id)).waitsFor === 'over_daily_cap');
    expect(await look(app, tenant, id)).toMatchObject({ status: 'SENDING', stoppedBy: [] });
    await cap(tenant, null);
    await whenAll(app, tenant, id, ['delivered']);
  });

  test('counts exactly, however many drains ask at once, and a message that was tried before not again', async () => {
    const tenant = await newTenant();
    await cap(tenant, 25);
    const caps = app.nest.get(DailyCaps, { strict: false });
    const take = (wasTried: boolean): Promise<number> =>
      app.database.transaction(async () => {
        const asked = Array.from({ length: 3 }, (): Countable => ({
          id: randomUUID(),
          tenantId: tenant.id,
          channel: 'email',
          category: 'transactional',
          wasTried,
        }));
        const held = await caps.hold(asked);
        const within = asked.filter(({ id }) => !held.beyond.has(id));
        await held.count(within);
        return within.length;
      });
    const taken = await Promise.all(Array.from({ length: 12 }, () => take(false)));
    expect(taken.reduce((sum, one) => sum + one, 0)).toBe(25);
    expect(await take(true)).toBe(3);
    expect(await capOf(tenant)).toMatchObject({ used: 25 });
  });

  test('that the admin key has put is changed by the admin key alone', async () => {
    const tenant = await newTenant();
    const body = { channel: 'sms', category: 'marketing', limit: 0 };
    const answer = await app.admin(tenant.id).put('/api/daily-caps').send(body).expect(200);
    expect(answer.body).toMatchObject({ items: [{ limit: 0, byAdmin: true }] });
    const refused = await app
      .as(tenant)
      .put('/api/daily-caps')
      .send({ ...body, limit: null });
    expect(refused.body).toMatchObject({ status: 403, code: 'admin_only' });
  });
});
