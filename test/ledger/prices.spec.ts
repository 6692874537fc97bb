/** What providers say that messages cost, and how long calls were: facts, each once. */
import { randomUUID } from 'node:crypto';
import { until } from '../../harness/until.js';
import { PriceLog, type PriceNews } from '../../src/ledger/index.js';
import { send, text, whenEnded, whenStatus, read } from '../support/messages.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { postTwilio } from '../support/twilio.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'sms'));
  await newSender(app, tenant, { channel: 'voice', address: newSenderNumber() });
});
afterAll(() => app.close());

interface Fact {
  readonly kind: string;
  readonly source: string;
  readonly quantity: number | null;
  readonly micros: number | null;
  readonly currency: string | null;
}

const factsOf = (id: string): Promise<Fact[]> =>
  app.database.query<Fact>(
    `select kind, source, quantity, price_micros::float8 as micros, price_currency as currency from message_event
     where message_id = $1 and kind in ('measured', 'priced') order by seq`,
    [id],
  );

const usd = (messageId: string, micros: number): PriceNews => ({ messageId, price: { micros, currency: 'USD' } });
const priced = (micros: number, source = 'webhook', currency = 'USD'): Fact => ({
  kind: 'priced',
  source,
  quantity: null,
  micros,
  currency,
});

describe('The price of a message', () => {
  let id: string;
  beforeEach(async () => {
    id = await send(app, tenant, text({ venueId }));
    await whenStatus(app, tenant, id, 'delivered');
  });
  const log = (): PriceLog => app.nest.get(PriceLog);

  test('is a fact when it is first known, and again only when it changes', async () => {
    for (const micros of [7_900, 7_900, 7_500, 7_500, 0]) await log().record([usd(id, micros)], 'webhook');
    await log().record([{ messageId: id, price: { micros: 0, currency: 'EUR' } }], 'reconciler');
    expect(await factsOf(id)).toEqual([priced(7_900), priced(7_500), priced(0), priced(0, 'reconciler', 'EUR')]);
  });

  test('is one fact however many processes report it at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => log().record([usd(id, 7_900)], 'webhook')));
    expect(await factsOf(id)).toEqual([priced(7_900)]);
  });

  test('is the last one of those that come together, and none of a message that there is not', async () => {
    await log().record([usd(id, 1), usd(randomUUID(), 5), usd(id, 2)], 'webhook');
    expect(await factsOf(id)).toEqual([priced(2)]);
  });

  test('changes neither its status nor its timeline', async () => {
    const before = await read(app, tenant, id);
    await log().record([usd(id, 7_900)], 'webhook');
    expect(await read(app, tenant, id)).toEqual(before);
  });
});

test('Plivo’s price is known with the first report that holds it, and is one fact', async () => {
  const { venueId: hall } = await venueWith(app, tenant, 'sms', { provider: 'plivo' });
  const id = await send(app, tenant, text({ venueId: hall, content: { body: 'x'.repeat(200) } }));
  await whenStatus(app, tenant, id, 'delivered');
  expect(await factsOf(id)).toEqual([priced(10_000)]);
});

describe('The length of a call', () => {
  const call = async (to: string): Promise<string> => {
    const id = await send(app, tenant, { channel: 'voice', to, content: { body: 'Gate 4 is closed.' } });
    await whenEnded(app, tenant, id);
    await until(async () => (await factsOf(id)).length > 0);
    return id;
  };
  const measured = (quantity: number): Fact => ({
    kind: 'measured',
    source: 'webhook',
    quantity,
    micros: null,
    currency: null,
  });

  test('is a fact once, in seconds, however often the end is reported', async () => {
    const to = newNumber();
    const id = await call(to);
    expect(await factsOf(id)).toEqual([measured(14)]);
    const { providerMessageId } = await read(app, tenant, id);
    const form = { CallSid: providerMessageId ?? '', CallStatus: 'completed', To: to, CallDuration: '15' };
    expect(await postTwilio(app, form, { path: '/webhook/twilio/voice' })).toBe(204);
    await until(
      async () => (await app.database.query(`select from inbox where applied_at is null limit 1`)).length === 0,
    );
    expect(await factsOf(id)).toEqual([measured(14)]);
  });

  test.each([
    ['is busy', '+15005550301', 0],
    ['does not answer', '+15005550302', 0],
    ['cannot be connected', '+15005550303', 0],
    ['is a machine', '+15005550304', 14],
  ])('of one whose person %s is %s: %d', async (_, to, seconds) => {
    expect(await factsOf(await call(to))).toEqual([measured(seconds)]);
  });
});
