/** The rate of a lane is what the provider grants. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { sendAll } from '../support/messages.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

/** What the sandbox's SES says of its accounts, and what a sandbox number may send. */
const GRANTED = 2_000;

async function rates(): Promise<Record<string, number>> {
  const rows = await app.database.query<{ provider: string; rate: number }>(
    'select provider, rate_per_second as rate from lane',
  );
  return Object.fromEntries(rows.map(({ provider, rate }) => [provider, rate]));
}

async function sendOne(at: TestApp): Promise<void> {
  const messages = [
    { channel: 'email', to: 'ana@example.com', content: { subject: 's', text: 't' } },
    { channel: 'sms', to: '+4915112345678', content: { body: 'b' } },
  ];
  await sendAll(at, tenant, messages);
}

test('a lane for a whole account takes over what the provider grants it; that of a number is not asked about', async () => {
  await sendOne(app);
  await app.database.query(`update lane set rate_per_second = 7, rate_asked_at = '-infinity'`); // long ago
  await until(async () => (await rates())['ses'] === GRANTED);
  expect(await rates()).toEqual({ ses: GRANTED, twilio: 7 });
});

test('messages that are accepted later, by another process, leave an account’s rate as the provider gave it', async () => {
  await app.database.query(`update lane set rate_per_second = 7, rate_asked_at = clock_timestamp()`);
  const other = await openTestApp({ databaseUrl: app.config.databaseUrl, role: 'api' });
  await sendOne(other);
  await other.close();
  expect(await rates()).toEqual({ ses: 7, twilio: GRANTED });
});

test('requests that hold all connections in their transactions do not wait for one more to find their lane', async () => {
  await sendOne(app);
  const other = await openTestApp({ databaseUrl: app.config.databaseUrl, databasePoolSize: 2, role: 'api' });
  const send = async (key: string): Promise<number> => {
    const body = { channel: 'sms', to: '+4915112345678', content: { body: 'b' } };
    return (await other.as(tenant).post('/api/messages').set('idempotency-key', key).send(body)).status;
  };
  const statuses = await Promise.all(['a', 'b', 'c', 'd'].map(send));
  await other.close();
  expect(statuses).toEqual([202, 202, 202, 202]);
});
