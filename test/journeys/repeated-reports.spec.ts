/** Each report of a provider 46 times, in any order: all ends as it does when each comes once and in turn. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { email, sendAll, text } from '../support/messages.js';
import { allReported, faults } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { usageOf } from '../support/usage.js';

/** How often a peer of this service has seen one event come. */
const COPIES = 46;
const EACH = 5;

const times = <T>(make: (n: number) => T): T[] => Array.from({ length: EACH }, (_, n) => make(n));

/** Every life that the sandbox gives a message: arrived, undelivered, failed, bounced, complained of. */
/** `theatre` is a venue that speaks through SendGrid. */
const messages = (theatre: string): object[] =>
  [
    ...times(() => text()),
    ...times((n) => text({ to: `+150055501${String(n).padStart(2, '0')}` })), // ends with Twilio's error 300NN
    ...times(() => email()),
    ...times((n) => email({ to: `bounce+${n}@simulator.amazonses.com` })),
    ...times((n) => email({ to: `complaint+${n}@simulator.amazonses.com` })),
    ...['delivered', 'bounced', 'blocked', 'dropped', 'complained', 'unsubscribed'].flatMap((end) =>
      times((n) => email({ venueId: theatre, to: `${end}+${n}@sandbox.sendgrid.test` })),
    ),
  ].map((message, place) => ({ ...message, reference: `message ${String(place).padStart(3, '0')}` }));

interface Books {
  readonly ends: object[];
  readonly facts: object[];
  readonly usage: object;
  readonly suppressed: object[];
  readonly optedOut: object[];
}

/** Sends them, and reads all books when every report that was posted has been applied. */
async function booksOf(app: TestApp, tenant: Tenant, copies: number): Promise<Books> {
  const plan = { duplicate: copies > 1 ? 1 : 0, shuffle: copies > 1, delayMs: { min: 0, max: 30 } };
  await faults(app, { seed: 46, callbacks: { ...plan, ...(copies > 1 && { copies }) } });
  const theatre = await newVenue(app, tenant);
  await newSender(app, tenant, {
    venueId: theatre,
    channel: 'email',
    address: `stage${copies}@example.com`,
    provider: 'sendgrid',
  });
  const sent = messages(theatre);
  await sendAll(app, tenant, sent);
  const read = <Row extends object>(sql: string): Promise<Row[]> => app.database.query<Row>(sql, [tenant.id]);
  const ends = (): Promise<object[]> =>
    read(`select reference, status, reason, error_code, attempts, sent_at is not null as sent, settled_at is not null as settled
          from message where tenant_id = $1 order by reference`);
  await until(async () => {
    const open = await read(`select from message where tenant_id = $1 and status in ('queued', 'sending', 'sent')`);
    if (open.length > 0 || !(await allReported(app))) return false;
    return (await app.database.query(`select from inbox where applied_at is null`)).length === 0;
  });
  const [taken] = await read<{ count: number }>(
    `select count(*)::int as count from message where tenant_id = $1 and sent_at is not null`,
  );
  // All of them end here, one way or the other.
  await until(async () => {
    const { messages: counted, delivered, failed } = (await usageOf(app, tenant)).total;
    return counted === taken?.count && delivered + failed === counted;
  });
  return {
    ends: await ends(),
    // A message may be reported delivered without having been reported sent: only the number of each event is compared.
    facts: await read(
      `select kind, count(*)::int as count from message_event where tenant_id = $1 group by kind order by kind`,
    ),
    usage: { ...(await usageOf(app, tenant)), month: null, asOf: null },
    suppressed: await read(`select channel, address, reason from suppression where tenant_id = $1 order by address`),
    optedOut: await read(`select channel, address, status from consent where tenant_id = $1 order by address`),
  };
}

let calm: TestApp;
let noisy: TestApp;
beforeAll(async () => {
  [calm, noisy] = [await openTestApp(), await openTestApp()];
});
afterAll(async () => {
  await calm.close();
  await noisy.close();
});

test('46 copies of each report, shuffled, change nothing of how messages end, what is billed, and who is suppressed', async () => {
  const expected = await booksOf(calm, await calm.tenant(), 1);
  expect(new Set(expected.ends.map((end) => (end as { status: string }).status)).size).toBeGreaterThan(2);
  expect(await booksOf(noisy, await noisy.tenant(), COPIES)).toEqual(expected);
});
