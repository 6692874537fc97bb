/** Messages that had no price when they were counted, and have one since: as if it had always been there, and every amount a fact. */
import fc from 'fast-check';
import { RerateUnpricedHandler, STRETCH } from '../../src/billing/reratings/rerate-unpriced.command.js';
import type { UnpricedLine } from '../../src/billing/reratings/unpriced.dto.js';
import { UsageRecount } from '../../src/billing/usage/usage-recount.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import { chargeOf, close, count, priced, putPrices, sent, statement } from './statement.support.js';

const [JUNE, JULY] = ['2026-06', '2026-07'] as const;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 20 }); // its schedules rest: counts and walks are this test's
  for (const month of [JUNE, JULY]) await app.database.query('select ensure_month($1::date)', [`${month}-01`]);
});
afterAll(() => app.close());

let plans = 0;

/** A tenant with a plan of its own that has no list yet. */
async function tenantWithoutPrices(): Promise<{ readonly tenant: Tenant; readonly plan: string }> {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const plan = `late-${(plans += 1)}`;
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan }).expect(200);
  return { tenant, plan };
}

const putPlan = (plan: string, ...rows: readonly string[]): Promise<void> =>
  putPrices(app, `kind=plan&name=${plan}`, rows.map((row) => `${row}\n`).join(''));
const COLUMNS = 'channel,unit,price,currency';

const rerating = (other = app): RerateUnpricedHandler => other.nest.get(RerateUnpricedHandler, { strict: false });
const rerate = (): Promise<void> => rerating().execute();

interface Fact {
  readonly kind: string;
  readonly cost: number;
  readonly charge: number;
}
const factsOf = (id: string): Promise<Fact[]> =>
  app.database.query<Fact & object>(
    `select kind, cost_micros::float8 as cost, charge_micros::float8 as charge from billing_amount where message_id = $1 order by seq`,
    [id],
  );

async function sumsOf({ id }: Tenant): Promise<Record<string, number>> {
  const [sums] = await app.database.query<Record<string, number>>(
    `select sum(messages)::int as messages, sum(units)::int as units, sum(included)::int as included, sum(cost_micros)::float8 as cost,
       sum(charge_micros)::float8 as charge, sum(without_cost)::int as without_cost, sum(without_charge)::int as without_charge
     from amount_rollup where tenant_id = $1`,
    [id],
  );
  return sums ?? {};
}

async function expectSound({ id }: Tenant): Promise<void> {
  const days = { tenantId: id, from: '2026-01-01', to: '2100-01-01' };
  expect(await app.nest.get(UsageRecount, { strict: false }).differences(days)).toEqual({
    usage: 0,
    amounts: 0,
    budgets: 0,
  });
}

const lacking = async (channel: string): Promise<UnpricedLine[]> =>
  ((await app.admin().get('/api/usage/unpriced').expect(200)).body as UnpricedLine[]).filter(
    (line) => line.channel === channel,
  );

test('a message that was counted without a price has one once a list covers its moment, by facts beside the first', async () => {
  const { tenant, plan } = await tenantWithoutPrices();
  const [id = ''] = await sent(app, tenant, [{ at: `${JUNE}-15T12:00:00Z`, segments: 2 }]);
  await count(app);
  await app
    .admin()
    .put(`/api/prices?kind=plan&name=${plan}`) // valid from now on: not for this one
    .set('content-type', 'text/csv')
    .send(`${COLUMNS}\nsms,segment,0.05,EUR\n`)
    .expect(200);
  await rerate();
  expect(await factsOf(id)).toEqual([{ kind: 'estimated', cost: 0, charge: 0 }]);
  await putPlan(plan, COLUMNS, 'sms,segment,0.01,EUR');
  await rerate();
  const facts = [
    { kind: 'estimated', cost: 0, charge: 0 },
    { kind: 'reversed', cost: 0, charge: 0 },
    { kind: 'rerated', cost: 0, charge: 20_000 },
  ];
  expect(await factsOf(id)).toEqual(facts);
  expect(await sumsOf(tenant)).toMatchObject({ messages: 1, units: 2, charge: 20_000, without_charge: 0 });
  await putPlan(plan, COLUMNS, 'sms,segment,0.03,EUR'); // corrected: what has a price keeps it
  await rerate();
  expect(await factsOf(id)).toEqual(facts);
  const month = await close(app, tenant, JUNE);
  expect(month).toMatchObject({ unpriced: 0, totals: [{ sumMicros: 20_000 }] });
  expect((await statement(app, tenant, JUNE)).lines).toMatchObject([
    { kind: 'usage', messages: 1, unit: 'segment', units: 2, chargeMicros: 20_000, currency: 'EUR' },
  ]);
  await expectSound(tenant);
});

test('in a month that is closed the price is an adjustment on the next statement, and the first stays as it is', async () => {
  const { tenant, plan } = await tenantWithoutPrices();
  await sent(app, tenant, [{ at: `${JUNE}-15T12:00:00Z`, segments: 3 }]);
  await count(app);
  const { contentHash } = await close(app, tenant, JUNE);
  await putPlan(plan, COLUMNS, 'sms,segment,0.01,EUR');
  await rerate();
  expect(await close(app, tenant, JULY)).toMatchObject({ unpriced: -1, totals: [{ sumMicros: 30_000 }] });
  const [june, july] = [await statement(app, tenant, JUNE), await statement(app, tenant, JULY)];
  expect(june).toMatchObject({ contentHash, unpriced: 1, totals: [] });
  expect(july.lines).toMatchObject([
    { kind: 'adjustment', month: JUNE, unit: 'segment', messages: 1, units: 3, chargeMicros: 30_000 },
    { kind: 'adjustment', month: JUNE, unit: null, messages: -1, chargeMicros: null },
  ]);
  expect(chargeOf(june) + chargeOf(july)).toBe(30_000);
  const page = await app.as(tenant).get(`/api/statements/${JULY}/export?format=html`).expect(200);
  expect(page.text).not.toContain('-1 message');
  await expectSound(tenant);
});

test('a walk takes thousands in steps, goes on where another was cut off, and prices each once however many walk', async () => {
  const { tenant, plan } = await tenantWithoutPrices();
  const many = 2 * STRETCH + 100;
  await sent(
    app,
    tenant,
    Array.from({ length: many }, (_, place) => ({
      at: `${JUNE}-${String(1 + (place % 28)).padStart(2, '0')}T12:00:00Z`,
    })),
  );
  await count(app);
  await putPlan(plan, COLUMNS, 'sms,segment,0.01,EUR');
  expect(await rerating().step()).toBe(true); // and then the process dies
  const begun = await sumsOf(tenant);
  expect(begun['charge']).toBeLessThanOrEqual(STRETCH * 10_000);
  expect(begun['charge']).toBeGreaterThan(0);
  const other = await openTestApp({ role: 'api', databaseUrl: app.config.databaseUrl });
  await Promise.all([rerate(), rerating(other).execute(), rerate()]);
  await rerate(); // what another had in hand
  await other.close();
  expect(await sumsOf(tenant)).toMatchObject({ messages: many, units: many, charge: many * 10_000, without_charge: 0 });
  const twice = await app.database.query(
    `select message_id from billing_amount where tenant_id = $1 and kind = 'rerated' group by message_id having count(*) > 1`,
    [tenant.id],
  );
  expect(twice).toEqual([]);
  await expectSound(tenant);
});

test('a step that fails writes nothing, and is taken again', async () => {
  const { tenant, plan } = await tenantWithoutPrices();
  const [id = ''] = await sent(app, tenant, [{ at: `${JUNE}-15T12:00:00Z` }]);
  await count(app);
  await putPlan(plan, COLUMNS, 'sms,segment,0.01,EUR');
  const cut = app.database.transaction(async () => {
    await rerating().step();
    throw new Error('cut off');
  });
  await expect(cut).rejects.toThrow('cut off');
  expect(await factsOf(id)).toHaveLength(1);
  await rerate();
  expect(await factsOf(id)).toHaveLength(3);
});

test('a cost and a charge become known apart; the provider’s word on the cost stands, and a markup follows it', async () => {
  const { tenant, plan } = await tenantWithoutPrices();
  const [id = ''] = await sent(app, tenant, [{ at: `${JUNE}-15T12:00:00Z`, channel: 'mms' }]);
  await priced(app, tenant, id, 30_000);
  await putPlan(plan, 'channel,markup_percent,currency', 'mms,100,EUR');
  await count(app);
  expect(await sumsOf(tenant)).toMatchObject({ cost: 30_000, without_cost: 0, charge: 0, without_charge: 1 });
  expect(await lacking('mms')).toMatchObject([{ side: 'charge', reason: 'no_cost', amounts: 1, tenants: 1 }]);
  await putPrices(app, 'kind=cost&name=twilio', `${COLUMNS}\nmms,message,0.02,EUR\n`);
  await rerate();
  expect(await factsOf(id)).toEqual([
    { kind: 'estimated', cost: 0, charge: 0 },
    { kind: 'final', cost: 30_000, charge: 0 },
    { kind: 'reversed', cost: 0, charge: 0 },
    { kind: 'rerated', cost: 20_000, charge: 40_000 },
    { kind: 'final', cost: -20_000, charge: 20_000 },
  ]);
  expect(await sumsOf(tenant)).toMatchObject({ messages: 1, cost: 30_000, charge: 60_000, without_cost: 0 });
  await expectSound(tenant);
});

test('a call whose price turns out to be by the minute is priced when both its length and its price are known', async () => {
  const { tenant, plan } = await tenantWithoutPrices();
  const [first = '', second = ''] = await sent(app, tenant, [
    { at: `${JUNE}-15T12:00:00Z`, channel: 'voice' },
    { at: `${JUNE}-15T12:00:00Z`, channel: 'voice' },
  ]);
  const measured = async (id: string): Promise<void> => {
    await app.database.query(
      `insert into message_event (message_id, tenant_id, at, kind, channel, category, provider, segments, source, quantity)
       values ($1, $2, $3, 'measured', 'voice', 'transactional', 'twilio', 1, 'test', 61)`,
      [id, tenant.id, `${JUNE}-15T12:05:00Z`],
    );
    await count(app);
  };
  await measured(first);
  await putPlan(plan, COLUMNS, 'voice,minute,0.05,EUR');
  await rerate();
  expect((await factsOf(first)).at(-1)).toMatchObject({ kind: 'rerated', charge: 100_000 });
  expect(await factsOf(second)).toHaveLength(1);
  await measured(second);
  expect((await factsOf(second)).at(-1)).toMatchObject({ kind: 'rerated', charge: 100_000 });
  expect(await sumsOf(tenant)).toMatchObject({ messages: 2, units: 4, charge: 200_000, without_charge: 0 });
});

test('what has no price is told by its reason, and counted in the metrics', async () => {
  const { tenant } = await tenantWithoutPrices();
  await sent(app, tenant, [{ at: `${JUNE}-15T12:00:00Z`, channel: 'email' }]);
  await count(app);
  const alike = { provider: 'twilio', country: null, amounts: 1, tenants: 1, firstDay: `${JUNE}-15` };
  expect(await lacking('email')).toMatchObject([
    { side: 'charge', reason: 'no_list', ...alike },
    { side: 'cost', reason: 'no_line', ...alike }, // the list of costs has none for emails
  ]);
  expect((await app.http.get('/metrics').expect(200)).text).toMatch(/callboard_unpriced_amounts{side="charge"} [1-9]/);
  await app.as(tenant).get('/api/usage/unpriced').expect(403);
});

describe('Included units and tiers', () => {
  const LISTS = [
    [COLUMNS, 'sms,segment,0.02,EUR'],
    [
      'channel,unit,from_unit,price,included,currency',
      'sms,segment,1,0.02,,EUR',
      'sms,segment,6,0.011,,EUR',
      'sms,segment,,,3,EUR',
    ],
    ['channel,unit,from_unit,markup_percent,markup_fixed,currency', 'sms,,1,33.33,0.000001,EUR', 'sms,,5,10,,EUR'],
    ['channel,unit,price,included,currency', 'sms,message,0.03,,EUR', 'sms,message,,4,EUR'],
  ] as const;
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant('send' as const), size: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('price' as const), size: fc.nat(99_999) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('count' as const), size: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('rerate' as const), size: fc.constant(0) }) },
  );

  test('are those of the order of events, whenever the list comes: the sums are those of one that was always there', async () => {
    await putPrices(app, 'kind=cost&name=twilio', `${COLUMNS}\nmms,message,0.02,EUR\nsms,segment,0.005,EUR\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LISTS),
        fc.array(step, { minLength: 3, maxLength: 16 }),
        fc.nat(),
        async (list, steps, when) => {
          const [early, late] = [await tenantWithoutPrices(), await tenantWithoutPrices()];
          await putPlan(early.plan, ...list);
          const ids = { early: [] as string[], late: [] as string[] };
          for (const [place, { what, size }] of steps.entries()) {
            if (place === when % steps.length) await putPlan(late.plan, ...list);
            if (what === 'count') await count(app);
            if (what === 'rerate') await rerate();
            for (const [name, { tenant }] of [
              ['early', early],
              ['late', late],
            ] as const) {
              if (what === 'send')
                ids[name].push(...(await sent(app, tenant, [{ at: `${JUNE}-15T12:00:00Z`, segments: size }])));
              const id = ids[name][size % Math.max(1, ids[name].length)];
              if (what === 'price' && id !== undefined) await priced(app, tenant, id, size);
            }
          }
          await count(app);
          await rerate();
          expect(await sumsOf(late.tenant)).toEqual(await sumsOf(early.tenant));
          await expectSound(late.tenant);
        },
      ),
      { numRuns: 20 },
    );
  });
});
