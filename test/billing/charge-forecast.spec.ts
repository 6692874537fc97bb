/** What an estimate says a campaign would be charged: what it is charged once it is sent, and null where that is not known. */
import fc from 'fast-check';
import { until } from '../../harness/until.js';
import { ChargeForecast, type ChargeForecastView } from '../../src/billing/index.js';
import type { EstimateView } from '../../src/campaigns/campaigns.dto.js';
import { act, draft, emptyAudience, template, whenAll } from '../campaigns/campaign.support.js';
import { JSON_TYPE, newAudience } from '../campaigns/support.js';
import { consume } from '../support/consumers.js';
import { newMailbox } from '../support/people.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

let plans = 0;

async function put(list: string, rows: readonly string[]): Promise<void> {
  const body = rows.map((row) => `${row}\n`).join('');
  await app.admin().put(`/api/prices?${list}`).set('content-type', 'text/csv').send(body).expect(200);
}

/** A tenant with a number, and a plan of its own with these rows. */
async function tenantWith(...rows: string[]): Promise<Tenant> {
  const tenant = await app.tenant({ timezone: 'UTC', country: 'DE' });
  const plan = `forecast-${(plans += 1)}`;
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan }).expect(200);
  if (rows.length > 0) await put(`kind=plan&name=${plan}`, rows);
  await venueWith(app, tenant, 'sms');
  return tenant;
}

/** A draft by SMS to numbers, each with its text. */
async function draftTo(
  tenant: Tenant,
  people: readonly { phone: string; text: string }[],
  more: object = {},
): Promise<string> {
  const audienceId = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', phone, jsonb_build_object('text', text), uuidv7()
     from jsonb_to_recordset($2::jsonb) as person (phone text, text text) order by phone collate "C"`,
    [audienceId, JSON.stringify(people)],
  );
  const templateKey = await template(app, tenant, 'sms', { body: '{{ text }}' });
  return (await draft(app, tenant, { templateKey, audienceId, channel: 'sms', ...more })).id;
}

async function estimate(tenant: Tenant, id: string): Promise<EstimateView> {
  return (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;
}
const chargeOf = async (tenant: Tenant, id: string): Promise<ChargeForecastView> => (await estimate(tenant, id)).charge;

const berlin = (n: number): string => `+4915112345${String(n).padStart(3, '0')}`;
const boston = (n: number): string => `+16175550${String(n).padStart(3, '0')}`;
const many = (count: number, number: (n: number) => string, text = 'Hi'): { phone: string; text: string }[] =>
  Array.from({ length: count }, (_, n) => ({ phone: number(n), text }));

test('an estimate says the charge by channel and country, by segments, after what is included', async () => {
  const tenant = await tenantWith(
    'channel,country,unit,price,included,currency',
    'sms,US,segment,0.01,,USD',
    'sms,,segment,0.08,,USD',
    'sms,,segment,,3,USD',
  );
  const people = [...many(2, boston), ...many(2, berlin, 'x'.repeat(161))];
  // The first three units, by the order of numbers, are included: two to Boston, and one of the first to Berlin.
  expect(await chargeOf(tenant, await draftTo(tenant, people))).toEqual({
    micros: 240_000,
    currency: 'USD',
    unpriced: 0,
    unpricedBy: {},
    byChannel: [
      {
        channel: 'sms',
        messages: 4,
        micros: 240_000,
        unpriced: 0,
        unpricedBy: {},
        byCountry: [
          { country: 'US', messages: 2, micros: 0, unpriced: 0, unpricedBy: {} },
          { country: 'DE', messages: 2, micros: 240_000, unpriced: 0, unpricedBy: {} },
        ],
      },
    ],
    budgets: [],
  });
});

test('what the tenant has sent this month before has used up what is included, and begins a tier', async () => {
  const tenant = await tenantWith(
    'channel,unit,from_unit,price,included,currency',
    'sms,segment,1,0.02,,USD',
    'sms,segment,6,0.01,,USD',
    'sms,segment,,,2,USD',
  );
  const first = await draftTo(tenant, many(3, boston));
  expect(await chargeOf(tenant, first)).toMatchObject({ micros: 20_000 });
  await act(app, tenant, first, 'launch');
  await whenAll(app, tenant, first, ['delivered']);
  await consume(app, 'usage');
  const second = await draftTo(tenant, many(4, berlin)); // two by the first tier, two by the second
  expect(await chargeOf(tenant, second)).toMatchObject({ micros: 60_000 });
});

test('what has no price is counted with why, and never zero', async () => {
  const tenant = await tenantWith('channel,country,unit,price,currency', 'sms,US,segment,0.01,USD');
  const charge = await chargeOf(tenant, await draftTo(tenant, [...many(2, boston), ...many(3, berlin)]));
  expect(charge).toMatchObject({ micros: 20_000, unpriced: 3, unpricedBy: { no_line: 3 } });
  expect(charge.byChannel[0]?.byCountry).toMatchObject([
    { country: 'DE', micros: null, unpriced: 3 },
    { country: 'US', micros: 20_000, unpriced: 0 },
  ]);
  const without = await tenantWith();
  expect(await chargeOf(without, await draftTo(without, many(1, boston)))).toMatchObject({
    micros: null,
    currency: null,
    unpriced: 1,
    unpricedBy: { no_list: 1 },
  });
  const byMinute = await tenantWith('channel,unit,price,currency', 'voice,minute,0.03,USD');
  const call = { channel: 'voice' as const, recipient: boston(1), country: 'US', segments: 1, count: 2 };
  const by = {
    provider: 'twilio' as const,
    providerAccountId: byMinute.id,
    sender: boston(2),
    templateVersionId: byMinute.id,
  };
  const owner = { tenantId: byMinute.id, campaignId: byMinute.id, category: 'marketing' as const };
  expect(await app.nest.get(ChargeForecast, { strict: false }).of(owner, [{ ...call, by }])).toMatchObject({
    micros: null,
    unpriced: 2,
    unpricedBy: { by_length: 2 },
  });
});

test('a campaign over several channels is charged by the one that each person gets it by', async () => {
  const tenant = await tenantWith('channel,unit,price,currency', 'sms,segment,0.05,USD', 'email,message,0.001,USD');
  const templates = { email: await template(app, tenant, 'email'), sms: await template(app, tenant, 'sms') };
  const people = await newAudience(app, tenant);
  const rows = [
    { email: newMailbox(), phone: berlin(1) },
    { email: newMailbox() },
    { phone: boston(1) },
    { phone: berlin(2) },
  ];
  await people.import(JSON_TYPE, JSON.stringify(rows.map((row) => ({ ...row, name: 'Ana' }))));
  const channels = (['email', 'sms'] as const).map((channel) => ({ channel, templateKey: templates[channel] }));
  const { id } = await draft(app, tenant, { audienceId: people.id, channels, channel: undefined });
  const charge = await chargeOf(tenant, id);
  expect(charge).toMatchObject({ micros: 102_000, unpriced: 0 });
  expect(charge.byChannel).toMatchObject([
    { channel: 'email', messages: 2, micros: 2_000, byCountry: [] },
    { channel: 'sms', messages: 2, micros: 100_000 },
  ]);
  expect(charge.byChannel[1]?.byCountry.map(({ country }) => country).toSorted()).toEqual(['DE', 'US']);
});

test('an estimate says whether the hard budgets have room for it, of the tenant and of the campaign', async () => {
  const tenant = await tenantWith('channel,country,unit,price,currency', 'sms,US,segment,0.01,USD');
  const limit = (budget: object): Promise<unknown> =>
    app
      .as(tenant)
      .put('/api/budgets')
      .send({ period: 'month', hard: true, exempt: [], ...budget })
      .expect(200);
  await limit({ measure: 'messages', limit: 4 });
  await limit({ measure: 'money', limit: 35_000, currency: 'USD' });
  const budget = { messages: 3, money: { limit: 1_000_000, currency: 'USD' }, hard: true };
  const id = await draftTo(tenant, many(4, boston), { budget });
  expect((await chargeOf(tenant, id)).budgets).toEqual([
    { of: 'campaign', measure: 'messages', currency: null, left: 3, needed: 4, fits: false },
    { of: 'campaign', measure: 'money', currency: 'USD', left: 1_000_000, needed: 40_000, fits: true },
    { of: 'tenant', measure: 'messages', currency: null, left: 4, needed: 4, fits: true },
    { of: 'tenant', measure: 'money', currency: 'USD', left: 35_000, needed: 40_000, fits: false },
  ]);
  await limit({ measure: 'messages', limit: 1, exempt: ['transactional'] });
  const { budgets } = await chargeOf(tenant, await draftTo(tenant, [...many(2, boston), ...many(1, berlin)]));
  expect(budgets).toEqual([
    { of: 'tenant', measure: 'money', currency: 'USD', left: 35_000, needed: 20_000, fits: null },
  ]);
});

test('of a large audience each country is counted, and what its messages take is told by a sample', async () => {
  const tenant = await tenantWith(
    'channel,country,prefix,unit,price,currency',
    'sms,US,,segment,0.01,USD',
    'sms,,+49160,segment,0.07,USD',
    'sms,,,segment,0.08,USD',
  );
  const audienceId = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', case when n < 9000 then '+1617' || (5550000 + n) when n < 12003 then '+49160' || (10000000 + n) else '+49151' || (10000000 + n) end,
       jsonb_build_object('text', repeat('x', case when n % 4 = 0 then 200 else 20 end)), uuidv7()
     from generate_series(0, 20999) as n`,
    [audienceId],
  );
  const templateKey = await template(app, tenant, 'sms', { body: '{{ text }}' });
  const { id } = await draft(app, tenant, { templateKey, audienceId, channel: 'sms' });
  const view = await estimate(tenant, id);
  expect(view).toMatchObject({ recipients: 21_000, sampled: true });
  expect(view.charge.byChannel[0]?.byCountry.map(({ country, messages }) => [country, messages])).toEqual([
    ['DE', 12_000],
    ['US', 9_000],
  ]);
  const expected = 1.25 * (9_000 * 10_000 + 3_003 * 70_000 + 8_997 * 80_000);
  expect(Math.abs((view.charge.micros ?? 0) / expected - 1)).toBeLessThan(0.03);
  expect(Number(view.charge.micros) % 10_000).toBe(0);
});

const price = fc.integer({ min: 1, max: 9_999 }).map((micros) => (micros / 1_000_000).toFixed(6));
const people = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 30 });
const lengths = fc.array(fc.constantFrom(1, 160, 161, 400), { minLength: 1, maxLength: 7 });

test('an estimate is what its messages are charged once they were sent, to the micro', async () => {
  await put('kind=cost&name=twilio', [
    'channel,country,unit,price,currency',
    'sms,US,segment,0.0083,USD',
    'sms,,segment,0.0701,USD',
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        us: price,
        all: price,
        later: price,
        percent: fc.integer({ min: 1, max: 9_999 }),
        kind: fc.constantFrom('price', 'tiers', 'markup'),
        included: fc.constantFrom(0, 1, 7, 25),
        berlin: people,
        boston: people,
        lengths,
      }),
      async ({ us, all, later, percent, kind, included, ...of }) => {
        const tenant = await tenantWith(
          'channel,country,unit,from_unit,price,markup_percent,included,currency',
          ...{
            // What is included makes the order count, unless all cost the same: some drain may be faster than another.
            price: [`sms,US,segment,1,${included > 0 ? all : us},,,USD`, `sms,,segment,1,${all},,,USD`],
            tiers: [`sms,,segment,1,${all},,,USD`, `sms,,segment,12,${later},,,USD`],
            markup: [`sms,,,,,${(percent / 100).toFixed(2)},,USD`],
          }[kind],
          ...(included > 0 && kind !== 'markup' ? [`sms,,segment,,,,${included},USD`] : []),
        );
        const text = (n: number): string => 'x'.repeat(of.lengths[n % of.lengths.length] ?? 1);
        const recipients = [
          ...of.berlin.map((n) => ({ phone: berlin(n), text: text(n) })),
          ...of.boston.map((n) => ({ phone: boston(n), text: text(n) })),
        ];
        const id = await draftTo(tenant, recipients);
        const { micros, unpriced } = await chargeOf(tenant, id);
        expect(unpriced).toBe(0);
        await act(app, tenant, id, 'launch');
        await whenAll(app, tenant, id, ['delivered']);
        await consume(app, 'usage');
        const charged = await until(async () => {
          const [sum] = await app.database.query<{ messages: number; micros: number }>(
            `select count(*)::int as messages, coalesce(sum(charge_micros), 0)::float8 as micros from billing_amount
             where tenant_id = $1 and kind = 'estimated'`,
            [tenant.id],
          );
          return sum?.messages === recipients.length && sum;
        });
        expect(micros).toBe(charged.micros);
      },
    ),
    { numRuns: 12 },
  );
});
