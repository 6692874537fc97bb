/** What the logs say that a message cost and is charged: an estimate when it is sent, then the provider's word. */
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { email, send, text, whenStatus } from '../support/messages.js';

interface Amounts {
  readonly cost_micros: string | null;
  readonly cost_currency: string | null;
  readonly charge_micros: string | null;
  readonly charge_currency: string | null;
}

const UNKNOWN: Amounts = { cost_micros: null, cost_currency: null, charge_micros: null, charge_currency: null };
const TWO_SEGMENTS = { content: { body: 'Doors at 19:00. '.repeat(11) } };

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  for (const [list, rows] of [
    ['kind=cost&name=twilio', 'channel,unit,price,currency\nsms,segment,0.0083,USD'],
    ['kind=plan&name=standard', 'channel,unit,price,currency\nsms,segment,0.0125,EUR'],
  ])
    await app.admin().put(`/api/prices?${list}`).set('content-type', 'text/csv').send(rows).expect(200);
});
afterAll(() => app.close());

async function amountsOf(id: string, log = 'sms_send_history'): Promise<Amounts | undefined> {
  const [row] = await app.database.query<Amounts>(
    `select cost_micros, cost_currency, charge_micros, charge_currency from ${log} where id = $1`,
    [id],
  );
  return row;
}

const whenPriced = (id: string, currency: string): Promise<Amounts> =>
  until(async () => {
    const amounts = await amountsOf(id);
    return amounts?.cost_currency === currency && amounts;
  });

test('A text has its cost and its charge, each in its currency, once it is sent', async () => {
  const id = await send(app, tenant, text(TWO_SEGMENTS));
  expect(await whenPriced(id, 'USD')).toEqual({
    cost_micros: '16600',
    cost_currency: 'USD',
    charge_micros: '25000',
    charge_currency: 'EUR',
  });
});

test('The provider’s own price takes the place of the estimate, also in another currency', async () => {
  const id = await send(app, tenant, text(TWO_SEGMENTS));
  await whenPriced(id, 'USD');
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, channel, category, provider, segments, source, price_micros, price_currency)
     select id, tenant_id, 'priced', channel, category, provider, segments, 'webhook', 15100, 'GBP' from message where id = $1`,
    [id],
  );
  expect(await whenPriced(id, 'GBP')).toEqual({
    cost_micros: '15100',
    cost_currency: 'GBP',
    charge_micros: '25000',
    charge_currency: 'EUR',
  });
});

test('A message without a price has no amount, which is not an amount of nothing', async () => {
  const [mail, waiting] = [
    await send(app, tenant, email()),
    await send(app, tenant, text({ sendAt: new Date(Date.now() + 3_600_000).toISOString() })),
  ];
  await whenStatus(app, tenant, mail, 'delivered');
  const counted = `select from billing_amount where message_id = $1`;
  await until(async () => (await app.database.query(counted, [mail])).length > 0);
  expect(await amountsOf(mail, 'email_log')).toEqual(UNKNOWN);
  expect(await amountsOf(waiting)).toEqual(UNKNOWN);
});

test('A tenant’s own reports tell its charges, and no cost', async () => {
  const columns = await app.database.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = 'own_sms_send_history'::regclass and attname ~ 'cost|charge' order by 1`,
  );
  expect(columns.map(({ name }) => name)).toEqual(['charge_currency', 'charge_micros']);
});
