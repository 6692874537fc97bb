/** What messages cost and are charged: estimated by the price lists, corrected by the provider's word, every micro a fact. */
import fc from 'fast-check';
import { UsageRecount } from '../../src/billing/usage/usage-recount.js';
import { CheckUsageSchedule } from '../../src/billing/usage/check-usage.schedule.js';
import { consume } from '../support/consumers.js';
import { sendAll } from '../support/messages.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 20 }); // nothing is sent: what the providers do is this test's
  await put(
    'kind=cost&name=twilio',
    'channel,country,prefix,unit,price,carrier_fee,currency',
    'sms,US,,segment,0.0083,0.003,USD',
    'sms,,+4420,segment,0.07,,USD',
    'sms,,,segment,0.05,,USD',
    'voice,,,minute,0.014,,USD',
  );
});
afterAll(() => app.close());

async function put(list: string, ...rows: string[]): Promise<void> {
  const body = rows.map((row) => `${row}\n`).join('');
  await app.admin().put(`/api/prices?${list}`).set('content-type', 'text/csv').send(body).expect(200);
}

let plans = 0;

/** A tenant with a number, and a plan of its own. */
async function tenantWith(columns: string, ...rows: string[]): Promise<Tenant> {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const plan = `plan-${(plans += 1)}`;
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan }).expect(200);
  if (rows.length > 0) await put(`kind=plan&name=${plan}`, columns, ...rows);
  await newSender(app, tenant, { channel: 'sms', address: `+1415${String(5_550_000 + plans).padStart(7, '0')}` });
  return tenant;
}

const texts = (tenant: Tenant, to: readonly string[], body = 'Doors at 19:00'): Promise<string[]> =>
  sendAll(
    app,
    tenant,
    to.map((number) => ({ channel: 'sms', to: number, content: { body } })),
  );

/** As the drain or a report writes them. */
async function happened(ids: readonly string[], kind: string, more: object = {}): Promise<void> {
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source, quantity, price_micros, price_currency)
     select message.id, tenant_id, $2, case $2 when 'sent' then 'sending' end, channel, category, provider, segments, 'webhook', quantity, price_micros,
       price_currency
     from unnest($1::uuid[]) with ordinality as named (id, place) join message on message.id = named.id,
       jsonb_to_record($3::jsonb) as more (quantity int, price_micros bigint, price_currency text)
     order by place`,
    [ids, kind, JSON.stringify(more)],
  );
}
const sent = (ids: readonly string[]): Promise<void> => happened(ids, 'sent');
const priced = (ids: readonly string[], price_micros: number, price_currency = 'USD'): Promise<void> =>
  happened(ids, 'priced', { price_micros, price_currency });

interface Sum {
  readonly cost: number;
  readonly charge: number;
}

/** All that was written of a message, in order. */
const factsOf = (id: string): Promise<(Sum & { readonly kind: string })[]> =>
  app.database.query(
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

const PRICE = 'channel,country,unit,price,currency';
const [US, DE, LONDON] = ['+14155550123', '+4915112345678', '+442071234567'];

test('a message is estimated by where it goes to and its segments, once it was sent, and only once', async () => {
  const tenant = await tenantWith(PRICE, 'sms,US,segment,0.02,USD', 'sms,,segment,0.09,USD');
  const [us, de, london] = await texts(tenant, [US, DE, LONDON], 'x'.repeat(161));
  const [unsent] = await texts(tenant, [US]);
  await sent([us ?? '', de ?? '', london ?? '']);
  await consume(app, 'usage');
  expect(await factsOf(us ?? '')).toEqual([{ kind: 'estimated', cost: 22_600, charge: 40_000 }]);
  expect(await factsOf(de ?? '')).toEqual([{ kind: 'estimated', cost: 100_000, charge: 180_000 }]);
  expect(await factsOf(london ?? '')).toEqual([{ kind: 'estimated', cost: 140_000, charge: 180_000 }]); // by its prefix
  expect(await factsOf(unsent ?? '')).toEqual([]);
  const scopes = await app.database.query(
    `select distinct country, type, venue_id = $2 as here from usage_scope where tenant_id = $1 order by country`,
    [tenant.id, tenant.defaultVenueId],
  );
  expect(scopes).toEqual(['DE', 'GB', 'US'].map((country) => ({ country, type: 'TRANSACTIONAL', here: true })));
  // Counted again from the first event, as after a logical restore.
  await app.database.query(`update event_cursor set tx = '0', seq = 0 where name = 'usage'`);
  await app.database.query('truncate usage_rollup');
  await app.database.query('update budget_use set used = 0 where currency is null');
  await consume(app, 'usage');
  expect(await factsOf(us ?? '')).toHaveLength(1);
  expect(await sumsOf(tenant)).toMatchObject({ messages: 3, units: 6, cost: 262_600, charge: 400_000 });
});

test('the provider’s own price corrects the cost, by a fact beside the estimate; said again it changes nothing', async () => {
  const tenant = await tenantWith(PRICE, 'sms,,segment,0.02,USD');
  const [id = ''] = await texts(tenant, [US]);
  await sent([id]);
  await priced([id], 7_900);
  await consume(app, 'usage');
  await priced([id], 7_900);
  await consume(app, 'usage');
  const estimate = { kind: 'estimated', cost: 11_300, charge: 20_000 };
  expect(await factsOf(id)).toEqual([estimate, { kind: 'final', cost: -3_400, charge: 0 }]);
  await priced([id], 0);
  await consume(app, 'usage');
  expect(await factsOf(id)).toHaveLength(3);
  expect(await sumsOf(tenant)).toMatchObject({ messages: 1, units: 1, cost: 0, charge: 20_000, without_cost: 0 });
});

test('a charge by a markup follows the final price; included units stay free of charge', async () => {
  const tenant = await tenantWith(
    'channel,unit,markup_percent,markup_fixed,included,currency',
    'sms,,25,0.001,,USD',
    'sms,segment,,,2,USD',
  );
  const [free = '', half = '', paid = ''] = await texts(tenant, [US, US, US]);
  await sent([free]);
  const [long = ''] = await texts(tenant, [US], 'x'.repeat(161)); // one segment included, one charged
  await sent([long, half, paid]);
  await consume(app, 'usage');
  expect((await factsOf(free))[0]).toMatchObject({ charge: 0 });
  expect((await factsOf(long))[0]).toMatchObject({ cost: 22_600, charge: 15_125 });
  expect((await factsOf(paid))[0]).toMatchObject({ charge: 15_125 });
  await priced([free, long, paid], 20_000);
  await consume(app, 'usage');
  expect(await factsOf(free)).toMatchObject([{}, { cost: 8_700, charge: 0 }]);
  expect(await factsOf(long)).toMatchObject([{}, { cost: -2_600, charge: 13_500 - 15_125 }]); // 10,000 and a quarter, and the fixed part
  expect(await factsOf(paid)).toMatchObject([{}, { cost: 8_700, charge: 26_000 - 15_125 }]);
});

test('a price in another currency takes the place of the estimate, each in its own sum', async () => {
  const tenant = await tenantWith(PRICE, 'sms,,segment,0.02,USD');
  const [id = ''] = await texts(tenant, [US]);
  await sent([id]);
  await priced([id], 6_000, 'EUR');
  await consume(app, 'usage');
  const costs = await app.database.query(
    `select cost_currency, sum(cost_micros)::int as micros from amount_rollup where tenant_id = $1 group by 1 order by 1`,
    [tenant.id],
  );
  expect(costs).toEqual([
    { cost_currency: 'EUR', micros: 6_000 },
    { cost_currency: 'USD', micros: 0 },
  ]);
});

test('what has no price is counted as such, and never as free; the provider’s price ends that for the cost', async () => {
  const tenant = await tenantWith(PRICE); // a plan without a list
  await newSender(app, tenant, { channel: 'email', address: 'hall@example.com' });
  const [id = ''] = await sendAll(app, tenant, [
    { channel: 'email', to: 'ada@example.com', content: { subject: 'Doors', text: 'At 19:00' } },
  ]);
  await sent([id]);
  await consume(app, 'usage');
  expect(await sumsOf(tenant)).toMatchObject({ messages: 1, cost: 0, without_cost: 1, charge: 0, without_charge: 1 });
  const [basis] = await app.database.query(
    `select cost_unknown, charge_unknown from billing_amount join billing_basis on billing_basis.id = basis_id where message_id = $1`,
    [id],
  );
  expect(basis).toEqual({ cost_unknown: 'no_list', charge_unknown: 'no_list' });
  await priced([id], 160);
  await consume(app, 'usage');
  expect(await sumsOf(tenant)).toMatchObject({ messages: 1, cost: 160, without_cost: 0, without_charge: 1 });
});

test('a tenant’s own account costs us nothing: a markup is its fixed part, and the provider’s price is the tenant’s', async () => {
  const tenant = await tenantWith('channel,unit,markup_percent,markup_fixed,currency', 'sms,,25,0.001,USD');
  await app
    .as(tenant)
    .post('/api/provider-accounts')
    .send({
      provider: 'twilio',
      name: 'own',
      credentials: { accountSid: `AC${'7'.repeat(32)}`, authToken: 'a'.repeat(32) },
    })
    .expect(201);
  const { venueId } = await venueWith(app, tenant, 'sms'); // speaks through it
  const [id = ''] = await sendAll(app, tenant, [{ channel: 'sms', to: US, venueId, content: { body: 'Doors' } }]);
  await sent([id]);
  await priced([id], 9_000);
  await consume(app, 'usage');
  expect(await factsOf(id)).toEqual([{ kind: 'estimated', cost: 0, charge: 1_000 }]);
  expect(await sumsOf(tenant)).toMatchObject({ without_cost: 0 });
});

test('a call is priced when its length is known: by minutes that have begun, or not at all when nobody took it', async () => {
  const tenant = await tenantWith(PRICE, 'voice,,minute,0.05,USD');
  await newSender(app, tenant, { channel: 'voice', address: '+14155559999' });
  const calls = await sendAll(
    app,
    tenant,
    Array.from({ length: 3 }, () => ({ channel: 'voice', to: US, content: { body: 'Leave the hall' } })),
  );
  const [short = '', long = '', missed = ''] = calls;
  await sent(calls);
  await priced([short], 28_000); // told before its length
  await consume(app, 'usage');
  expect(await factsOf(short)).toEqual([]);
  await happened([short], 'measured', { quantity: 1 });
  await happened([long], 'measured', { quantity: 61 });
  await happened([missed], 'measured', { quantity: 0 });
  await consume(app, 'usage');
  expect(await factsOf(short)).toEqual([
    { kind: 'estimated', cost: 14_000, charge: 50_000 },
    { kind: 'final', cost: 14_000, charge: 0 },
  ]);
  expect(await factsOf(long)).toEqual([{ kind: 'estimated', cost: 28_000, charge: 100_000 }]);
  expect(await factsOf(missed)).toEqual([{ kind: 'estimated', cost: 0, charge: 0 }]);
});

test('a price that changes between two messages of a batch holds for the later one', async () => {
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const tenant = await tenantWith(PRICE);
  await put(
    `kind=plan&name=plan-${plans}&validFrom=2026-01-01T00:00:00Z`,
    'channel,unit,valid_from,price,currency',
    'sms,segment,,0.02,USD',
    `sms,segment,${minutesAgo(30)},0.03,USD`,
  );
  const [before = '', after = ''] = await texts(tenant, [US, US]);
  await sent([before, after]);
  await app.database.query(`update message_event set at = $2 where message_id = $1 and kind = 'sent'`, [
    before,
    minutesAgo(31),
  ]);
  await consume(app, 'usage');
  expect([...(await factsOf(before)), ...(await factsOf(after))]).toMatchObject([
    { charge: 20_000 },
    { charge: 30_000 },
  ]);
});

test('an amount of a month that is closed belongs to the first open one, and its day stays', async () => {
  const tenant = await tenantWith(PRICE, 'sms,,segment,0.02,USD');
  const [id = ''] = await texts(tenant, [US]);
  await sent([id]);
  await consume(app, 'usage');
  await app.database.query(
    `insert into billing_close (tenant_id, closed_through) values ($1, date_trunc('month', now())::date)`,
    [tenant.id],
  );
  await priced([id], 5_000);
  await consume(app, 'usage');
  const rows = await app.database.query(
    `select kind, (period - date_trunc('month', now())::date > 0) as later, day = (now() at time zone 'UTC')::date as today
     from billing_amount where message_id = $1 order by seq`,
    [id],
  );
  expect(rows).toEqual([
    { kind: 'estimated', later: false, today: true },
    { kind: 'final', later: true, today: true },
  ]);
});

describe('Sums', () => {
  const tiers = fc.constantFrom(
    ['channel,unit,price,currency', 'sms,segment,0.02,USD'],
    [
      'channel,unit,from_unit,price,included,currency',
      'sms,segment,1,0.02,,USD',
      'sms,segment,6,0.011,,USD',
      'sms,segment,,,3,USD',
    ],
    ['channel,unit,from_unit,markup_percent,markup_fixed,currency', 'sms,,1,33.33,0.000001,USD', 'sms,,5,10,,USD'],
  );
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        what: fc.constant('send' as const),
        which: fc.nat(2),
        size: fc.integer({ min: 1, max: 400 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constant('price' as const),
        which: fc.nat(20),
        size: fc.integer({ min: 0, max: 99_999 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('consume' as const), which: fc.constant(0), size: fc.constant(0) }),
    },
  );

  test('are those of the facts after any sends and prices in any order, and are written the same again', async () => {
    await fc.assert(
      fc.asyncProperty(
        tiers,
        fc.array(step, { minLength: 3, maxLength: 25 }),
        async ([columns = '', ...rows], steps) => {
          const tenant = await tenantWith(columns, ...rows);
          const ids: string[] = [];
          const prices = new Map<string, number>();
          for (const { what, which, size } of steps) {
            const id = ids[which % Math.max(1, ids.length)];
            if (what === 'send') {
              const [made = ''] = await texts(tenant, [[US, DE, LONDON][which] ?? US], 'x'.repeat(size));
              ids.push(made);
              await sent([made]);
            } else if (what === 'price' && id !== undefined) {
              await priced([id], size);
              prices.set(id, size);
            } else if (what === 'consume') await consume(app, 'usage');
          }
          await consume(app, 'usage');
          for (const id of ids) {
            const facts = await factsOf(id);
            const cost = facts.reduce((sum, fact) => sum + fact.cost, 0);
            expect(facts.filter(({ kind }) => kind === 'estimated')).toHaveLength(1);
            expect(cost).toBe(prices.get(id) ?? facts[0]?.cost);
          }
          const [facts] = await app.database.query(
            `select count(distinct message_id)::int as messages, sum(units)::int as units, sum(included)::int as included,
             sum(cost_micros)::float8 as cost, sum(charge_micros)::float8 as charge
           from billing_amount where tenant_id = $1`,
            [tenant.id],
          );
          if (ids.length > 0) expect(await sumsOf(tenant)).toMatchObject(facts ?? {});
          const days = { tenantId: tenant.id, from: '2026-01-01', to: '2100-01-01' };
          expect(await app.nest.get(UsageRecount, { strict: false }).differences(days)).toEqual({
            usage: 0,
            amounts: 0,
            budgets: 0,
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('that were changed by hand are found at night, told, and put right by an operator', async () => {
    const tenant = await tenantWith(PRICE, 'sms,,segment,0.02,USD');
    await sent(await texts(tenant, [US, DE]));
    await consume(app, 'usage');
    await app.database.query(`update usage_rollup set messages = messages + 1 where tenant_id = $1`, [tenant.id]);
    await app.database.query(`update amount_rollup set charge_micros = 0 where tenant_id = $1`, [tenant.id]);
    await app.nest.get(CheckUsageSchedule, { strict: false }).check();
    const { body: health } = await app.http.get('/health/ready');
    expect(JSON.stringify(health)).toContain('sums of usage differ from their facts');
    const month = new Date().toISOString().slice(0, 7);
    const rebuilt = await app.admin(tenant.id).post(`/api/usage/rebuild?month=${month}`).expect(200);
    expect(rebuilt.body).toMatchObject({ month, corrected: { usage: 2, amounts: 2, budgets: 2 } });
    expect(await sumsOf(tenant)).toMatchObject({ messages: 2, charge: 40_000 });
    await app.nest.get(CheckUsageSchedule, { strict: false }).check();
    expect(JSON.stringify((await app.http.get('/health/ready')).body)).not.toContain('sums of usage differ');
    await app.as(tenant).post(`/api/usage/rebuild?month=${month}`).expect(403);
  });
});
