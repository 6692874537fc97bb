/** Prices that no report tells: the records of a day are read for them, until all are known. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { SweepPrices } from '../../src/webhooks/sweep-prices.command.js';
import { consume } from '../support/consumers.js';
import { read, send, text, whenEnded } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { changeBooks, holdSchedule, setBack } from '../support/past.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeEach(async () => {
  app = await openTestApp();
  await holdSchedule(app, 'sweep-prices');
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'sms'));
});
afterEach(() => app.close());

/** A text that ended, in the ledger and in Twilio's books at the same time. */
async function ended(more: object = {}): Promise<string> {
  const id = await send(app, tenant, text({ venueId, ...more }));
  await whenEnded(app, tenant, id);
  return id;
}

/** All that was sent was sent so long ago; whoever looks for what is missing has looked. Answers the ids that the messages have now. */
async function after(interval: string): Promise<(id: string) => string> {
  const idOf = await setBack(app, interval);
  await consume(app, 'missing-reports-1-hour', 'missing-reports-1-day');
  return idOf;
}

/** The days that are put off until later are due now. */
async function sweep(): Promise<void> {
  await app.database.query(`update price_sweep set due_at = now()`);
  await app.nest.get(CommandBus).execute(new SweepPrices());
  await until(
    async () => (await app.database.query(`select from inbox where applied_at is null limit 1`)).length === 0,
  );
}

const pricesOf = async (id: string): Promise<number[]> =>
  (
    await app.database.query<{ micros: number }>(
      `select price_micros::float8 as micros from message_event where message_id = $1 and kind = 'priced' order by seq`,
      [id],
    )
  ).map(({ micros }) => micros);

interface Sweep {
  readonly page: string | null;
  readonly lacking: number;
  readonly passes: number;
}
const sweeps = (): Promise<Sweep[]> => app.database.query<Sweep>(`select page, lacking, passes from price_sweep`);

test('A day is read again until every price is known, and then no more', async () => {
  const ids = [await ended(), await ended({ content: { body: 'x'.repeat(200) } })];
  const failed = await ended({ to: '+15005550101' });
  const idOf = await after('3 days');
  await sweep();
  expect([await pricesOf(idOf(ids[0] ?? '')), await sweeps()]).toEqual([[], [{ page: null, lacking: 0, passes: 1 }]]);
  await sweep();
  expect(await Promise.all(ids.map(idOf).map(pricesOf))).toEqual([[7_900], [15_800]]);
  expect(await pricesOf(idOf(failed))).toEqual([]);
  expect(await sweeps()).toEqual([]);
});

test('A day that goes on is read again, though it lacks nothing', async () => {
  await ended();
  await after('61 minutes');
  await sweep();
  await sweep();
  expect(await sweeps()).toMatchObject([{ passes: 2 }]);
});

test('A price that Twilio changes is a second fact, and one that it repeats is none', async () => {
  const id = await ended();
  const { providerMessageId } = await read(app, tenant, id);
  const idOf = await after('61 minutes');
  for (const price of ['0.0079', '0.0079', '0.0081', '0.0081']) {
    await changeBooks(app, providerMessageId ?? '', { price });
    await sweep();
    await sweep();
  }
  expect(await pricesOf(idOf(id))).toEqual([7_900, 8_100]);
  // The inbox does not keep its events for ever: what is known is not put into it again.
  await app.database.query(`delete from inbox`);
  await sweep();
  expect(await app.database.query(`select from inbox`)).toEqual([]);
});

test('What somebody else sends from the account is nobody’s here, and what others send is not looked for', async () => {
  await ended();
  const { venueId: hall } = await venueWith(app, tenant, 'sms', { provider: 'plivo' });
  await ended({ venueId: hall });
  await after('3 days');
  const [swept] = await app.database.query<{ day: string }>(`select day::text from price_sweep`);
  await app.http
    .post('/sandbox/messages')
    .send({
      provider: 'twilio',
      accountId: app.config.platform.twilio?.credentials['accountSid'],
      channel: 'sms',
      from: '+14155550199',
      to: newNumber(),
      sentAt: `${swept?.day}T12:00:00Z`,
    })
    .expect(201);
  await sweep();
  await sweep();
  expect(await sweeps()).toEqual([]);
  const [count] = await app.database.query(`select count(*)::int as events from inbox where dedupe_key like '%USD'`);
  expect(count).toEqual({ events: 3 });
});

test('A provider that does not answer is asked again, sixteen times in all', async () => {
  const id = await ended();
  const idOf = await after('3 days');
  await app.database.query(`update price_sweep set page = 'http://127.0.0.1:9/gone'`);
  await sweep();
  expect(await sweeps()).toEqual([{ page: null, lacking: 0, passes: 1 }]);
  await sweep();
  await sweep();
  expect([await pricesOf(idOf(id)), await sweeps()]).toEqual([[7_900], []]);
  await app.database.query(
    `insert into price_sweep (provider_account_id, day, provider, page, passes)
     select id, '2026-01-01', 'twilio', 'http://127.0.0.1:9/gone', 15 from provider_account where provider = 'twilio'`,
  );
  await sweep();
  expect(await sweeps()).toEqual([]);
});

test('A run that died is continued from the page that it was at', async () => {
  const id = await ended();
  const idOf = await after('3 days');
  await app.database.query(`update price_sweep set page = 'calls:', due_at = now() + interval '10 minutes'`);
  await app.nest.get(CommandBus).execute(new SweepPrices());
  expect(await sweeps()).toMatchObject([{ page: 'calls:', passes: 0 }]);
  await sweep();
  expect([await pricesOf(idOf(id)), await sweeps()]).toEqual([[], []]);
});
