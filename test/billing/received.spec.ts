/** What people write to numbers of a tenant: facts of whose the number is, counted, priced and billed once. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { ReceivedMessages } from '../../src/ledger/index.js';
import { RerateUnpricedHandler } from '../../src/billing/reratings/rerate-unpriced.command.js';
import { UsageRecount } from '../../src/billing/usage/usage-recount.js';
import type { ClosingView } from '../../src/billing/statements/statements.dto.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { newSender, releaseSender } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import { inboundForm, platformAccount, postTwilio } from '../support/twilio.js';
import { usageOf } from '../support/usage.js';
import { close, count, priced, sent, statement } from './statement.support.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 20 }); // its schedules rest: counts are this test's
  await put(
    'kind=cost&name=twilio',
    'channel,direction,country,unit,price,currency',
    'sms,outbound,,segment,0.008,EUR',
    'sms,inbound,,segment,0.0075,EUR',
    'sms,inbound,GB,segment,0.001,EUR',
    'mms,inbound,,message,0.01,EUR',
  );
  await put('kind=cost&name=plivo', 'channel,direction,unit,price,currency', 'sms,inbound,segment,0.0055,EUR');
  await put(
    'kind=plan&name=standard',
    'channel,direction,unit,price,markup_percent,included,currency',
    'sms,outbound,segment,0.02,,,EUR',
    'sms,inbound,,,100,,EUR',
    'sms,inbound,segment,,,1,EUR',
    'mms,inbound,message,0.03,,,EUR',
  );
});
afterAll(() => app.close());

async function put(list: string, ...rows: readonly string[]): Promise<void> {
  const body = rows.map((row) => `${row}\n`).join('');
  await app
    .admin()
    .put(`/api/prices?${list}&validFrom=2020-01-01T00:00:00Z`)
    .set('content-type', 'text/csv')
    .send(body)
    .expect(200);
}

interface Line {
  readonly channel: string;
  readonly units: number;
  readonly included: number;
  readonly cost: number;
  readonly charge: number;
}

/** A tenant’s amounts of what it received, in their order. */
const amountsOf = ({ id }: Tenant): Promise<Line[]> =>
  app.database.query<Line & object>(
    `select channel, units, included, cost_micros::int as cost, charge_micros::int as charge
     from billing_amount as amount join usage_scope on usage_scope.id = scope_id
     where amount.tenant_id = $1 and direction = 'inbound' order by seq`,
    [id],
  );

async function tenantWithNumber(provider?: string): Promise<{ readonly tenant: Tenant; readonly number: string }> {
  const [tenant, number] = [await app.tenant({ timezone: 'UTC' }), newSenderNumber()];
  await newSender(app, tenant, { channel: 'sms', address: number, ...(provider !== undefined && { provider }) });
  return { tenant, number };
}

const LONG = 'x'.repeat(161);

test('a text to a number of a tenant is counted by its segments and charged by its direction, once however often it is posted', async () => {
  const { tenant, number } = await tenantWithNumber();
  const form = { ...inboundForm(newNumber(), number, LONG), NumSegments: '2' };
  for (const each of [form, form]) expect(await postTwilio(app, each)).toBe(200);
  await receive(app, { from: '+442071234567', to: number, body: 'Hello' });
  await count(app);
  await app.database.query('delete from inbox'); // its oldest events are deleted: what is recorded stays recorded once
  expect(await postTwilio(app, form)).toBe(200);
  await count(app);
  expect(await amountsOf(tenant)).toEqual([
    { channel: 'sms', units: 2, included: 1, cost: 15_000, charge: 15_000 },
    { channel: 'sms', units: 1, included: 0, cost: 1_000, charge: 2_000 },
  ]);
  const { total } = await usageOf(app, tenant);
  expect(total).toMatchObject({ messages: 0, segments: 0, received: 2, receivedSegments: 3 });
});

test('a picture costs as such, a text by Plivo as Plivo counts it, and one whose segments nobody tells as we count them', async () => {
  const [{ tenant, number }, other] = [await tenantWithNumber(), await tenantWithNumber('plivo')];
  const [picture, text] = [inboundForm(newNumber(), number, ''), inboundForm(newNumber(), number, LONG)];
  expect(await postTwilio(app, { ...picture, NumMedia: '1', NumSegments: '7' })).toBe(200);
  expect(await postTwilio(app, { ...text, NumSegments: '0' })).toBe(200);
  await receive(app, { provider: 'plivo', from: newNumber(), to: other.number, body: LONG });
  await count(app);
  expect(await amountsOf(tenant)).toMatchObject([
    { channel: 'mms', units: 1, cost: 10_000, charge: 30_000 },
    { channel: 'sms', units: 2, included: 1, cost: 15_000, charge: 15_000 },
  ]);
  expect(await amountsOf(other.tenant)).toMatchObject([{ units: 2, cost: 11_000, charge: 11_000 }]);
});

test('belongs to the owner of its number at that time: the next one, nobody once it was given back, the last writer where it is shared', async () => {
  const [first, second, shared] = [await app.tenant(), await app.tenant(), newSenderNumber()];
  const number = newSenderNumber();
  const senderId = await newSender(app, first, { channel: 'sms', address: number });
  await receive(app, { from: newNumber(), to: number, body: 'One' });
  await releaseSender(app, first, senderId);
  await receive(app, { from: newNumber(), to: number, body: 'Nobody’s' });
  await newSender(app, second, { channel: 'sms', address: number });
  await receive(app, { from: newNumber(), to: number, body: 'Two' });
  await receive(app, { from: newNumber(), to: shared, body: 'Who are you?' }); // never a venue's
  await count(app);
  expect([await amountsOf(first), await amountsOf(second)].map(({ length }) => length)).toEqual([1, 1]);
  const nobodys = await app.database.query(
    `select from received_message where tenant_id is null and number = any($1)`,
    [[number, shared]],
  );
  expect(nobodys).toHaveLength(2);
});

test('to the platform’s shared number is of the tenant that wrote to the person last', async () => {
  const [tenant, person] = [await app.tenant(), newNumber()];
  const message = { channel: 'sms', to: person, content: { body: 'Doors' } };
  const { body } = await app.as(tenant).post('/api/messages').send(message).expect(202);
  const { id, from } = body as { id: string; from: string };
  await app.database.query(`update message set sent_at = now(), status = 'sent' where id = $1`, [id]);
  await receive(app, { from: person, to: from, body: 'On my way' });
  await receive(app, { from: newNumber(), to: from, body: 'Who are you?' });
  await count(app);
  expect(await amountsOf(tenant)).toMatchObject([{ channel: 'sms', units: 1 }]);
});

test('is on lines of its own of the statement and the cost report, and does not make a delivered message dearer', async () => {
  const { tenant, number } = await tenantWithNumber();
  await receive(app, { from: '+442071234567', to: number, body: LONG });
  const [id = ''] = await sent(app, tenant, [{ at: new Date().toISOString() }]);
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source)
     values ($1, $2, 'delivered', 'sent', 'sms', 'transactional', 'twilio', 1, 'test')`,
    [id, tenant.id],
  );
  await count(app);
  const { body } = await app.as(tenant).get('/api/reports/cost?by=direction').expect(200);
  expect(body).toMatchObject({
    total: { messages: 1, received: 1, charges: [{ currency: 'EUR', micros: 22_000, perDeliveredMicros: 20_000 }] },
    items: [
      { direction: 'inbound', messages: 0, received: 1, charges: [{ micros: 2_000, perDeliveredMicros: null }] },
      { direction: 'outbound', messages: 1, received: 0, charges: [{ micros: 20_000, perDeliveredMicros: 20_000 }] },
    ],
  });
  const only = await app.as(tenant).get('/api/reports/cost?direction=inbound').expect(200);
  expect(only.body).toMatchObject({ total: { messages: 0, received: 1 } });
  const month = new Date().toISOString().slice(0, 7);
  const closing = (await app.admin().get('/api/statements/closing?limit=100').expect(200)).body as {
    items: ClosingView[];
  };
  expect(closing.items.find(({ tenantId }) => tenantId === tenant.id)).toMatchObject({
    month,
    charges: [{ micros: 22_000 }],
  });
});

test('a statement has what was received on lines without a category', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  await app.database.query(`select ensure_month('2026-06-01')`);
  await receivedBy(tenant, { segments: 2, at: '2026-06-15T12:00:00Z' });
  await sent(app, tenant, [{ at: '2026-06-15T12:00:00Z' }]);
  await count(app);
  await close(app, tenant, '2026-06');
  expect((await statement(app, tenant, '2026-06')).lines).toMatchObject([
    { direction: 'inbound', category: null, messages: 1, units: 2, included: 1, chargeMicros: 15_000 },
    { direction: 'outbound', category: 'transactional', messages: 1, units: 1, chargeMicros: 20_000 },
  ]);
  const csv = await app.as(tenant).get('/api/statements/2026-06/export?format=csv').expect(200);
  expect(csv.text).toContain('usage,2026-06,sms,inbound,,DE,twilio,segment,1,2,1,0.015,EUR,\r\n');
});

interface Received {
  readonly segments: number;
  readonly at?: string;
}

/** As a webhook has it recorded; answers its id. */
async function receivedBy(
  { id: tenantId, defaultVenueId: venueId }: Tenant,
  { segments, at }: Received,
): Promise<string> {
  const { accountSid } = platformAccount(app);
  const [account] = await app.database.query<{ id: string }>(
    `select id from provider_account where provider = 'twilio' and tenant_id is null`,
  );
  const providerMessageId = `SM${randomUUID().replaceAll('-', '')}`;
  expect(accountSid).toBeTruthy();
  await app.nest.get(ReceivedMessages, { strict: false }).record({
    owner: { tenantId, venueId },
    accountId: account?.id ?? '',
    provider: 'twilio',
    providerMessageId,
    channel: 'sms',
    person: '+4915112345678',
    number: '+14155550199',
    segments,
  });
  const [row] = await app.database.query<{ id: string }>(
    `select id from received_message where provider_message_id = $1`,
    [providerMessageId],
  );
  if (at !== undefined)
    await app.database.query(`update message_event set at = $2 where message_id = $1`, [row?.id, at]);
  return row?.id ?? '';
}

test('whatever is received, sent, priced and listed in whatever order: sums are those of facts, and each is counted once', async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant('receive' as const), size: fc.integer({ min: 1, max: 5 }) }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('send' as const), size: fc.integer({ min: 1, max: 5 }) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('price' as const), size: fc.nat(20_000) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('count' as const), size: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('list' as const), size: fc.constant(0) }) },
  );
  let plans = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
      const tenant = await app.tenant({ timezone: 'UTC' });
      const plan = `received-${(plans += 1)}`;
      await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan }).expect(200);
      const ids: string[] = [];
      const costs = new Map<string, number>();
      let segments = 0;
      const list = async (): Promise<void> => {
        await put(
          `kind=plan&name=${plan}`,
          'channel,direction,unit,price,included,currency',
          'sms,inbound,segment,0.02,,EUR',
          'sms,inbound,segment,,3,EUR',
        );
      };
      for (const { what, size } of steps) {
        if (what === 'receive') {
          const id = await receivedBy(tenant, { segments: size });
          ids.push(id);
          costs.set(id, size * 7_500);
          segments += size;
        } else if (what === 'send') await sent(app, tenant, [{ at: new Date().toISOString(), segments: size }]);
        else if (what === 'count') await count(app);
        else if (what === 'list') await list();
        else {
          const id = ids[size % Math.max(1, ids.length)];
          if (id === undefined) continue;
          await priced(app, tenant, id, size);
          costs.set(id, size);
        }
      }
      await list();
      await count(app);
      await app.nest.get(RerateUnpricedHandler, { strict: false }).execute();
      const [sums] = await app.database.query(
        `select coalesce(sum(messages), 0)::int as messages, coalesce(sum(units), 0)::int as units, coalesce(sum(included), 0)::int as included,
           coalesce(sum(cost_micros), 0)::int as cost, coalesce(sum(charge_micros), 0)::int as charge
         from amount_rollup as amount join usage_scope on usage_scope.id = scope_id
         where amount.tenant_id = $1 and direction = 'inbound'`,
        [tenant.id],
      );
      const cost = [...costs.values()].reduce((sum, each) => sum + each, 0);
      const included = Math.min(3, segments);
      const charge = (segments - included) * 20_000;
      expect(sums).toEqual({ messages: ids.length, units: segments, included, cost, charge });
      const { total } = await usageOf(app, tenant);
      expect(total).toMatchObject({ received: ids.length, receivedSegments: segments });
      const days = { tenantId: tenant.id, from: '2026-01-01', to: '2100-01-01' };
      expect(await app.nest.get(UsageRecount, { strict: false }).differences(days)).toEqual({
        usage: 0,
        amounts: 0,
        budgets: 0,
      });
    }),
    { numRuns: 15 },
  );
});
