/** Tenants' own accounts that are of no use: known before a message waits for them. */
import { HealthChecks } from '../../src/kernel/index.js';
import { CheckAccountsSchedule } from '../../src/tenants/provider-accounts/check-accounts.schedule.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const SID = `AC${'7'.repeat(32)}`;
const [GOOD, WRONG] = ['token-of-riverside', 'a-token-that-is-wrong'];

interface Account {
  readonly id: string;
  readonly owner: string;
  readonly health: { readonly status: string; readonly reason: string | null; readonly since: string } | null;
}

let app: TestApp;
let owner: Tenant;
let other: Tenant;

beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // no schedule runs but when it is told to
  owner = await app.tenant();
  other = await app.tenant();
  await enter(owner, GOOD);
});
afterAll(() => app.close());

async function enter(tenant: Tenant, authToken: string): Promise<string> {
  const input = { provider: 'twilio', name: 'Our own', credentials: { accountSid: SID, authToken } };
  const { body } = await app.as(tenant).post('/api/provider-accounts').send(input).expect(201);
  return (body as Account).id;
}

async function healthOf(tenant: Tenant): Promise<Account['health']> {
  const { body } = await app.as(tenant).get('/api/provider-accounts').expect(200);
  const own = (body as { items: Account[] }).items.find((account) => account.owner === 'tenant');
  return own?.health ?? null;
}

const check = (): Promise<void> => app.nest.get(CheckAccountsSchedule).check();

async function unwell(reason: string): Promise<number> {
  const { text } = await app.http.get('/metrics').expect(200);
  const start = `callboard_unwell_accounts{provider="twilio",reason="${reason}"} `;
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(start))
      ?.slice(start.length) ?? 0,
  );
}

test('an account that no sender uses is not asked about, and one in use is', async () => {
  await check();
  expect(await healthOf(owner)).toBeNull();
  await newSender(app, owner, { channel: 'sms', address: '+491713920100' });
  await check();
  expect(await healthOf(owner)).toMatchObject({ status: 'well', reason: null });
});

test('credentials that the provider does not take are told to their tenant and counted, and the process is well', async () => {
  const id = await enter(other, WRONG); // the same account as the first tenant's, with another token
  await newSender(app, other, { channel: 'sms', address: '+491713920101' });
  await check();
  const found = await healthOf(other);
  expect(found).toMatchObject({ status: 'unwell', reason: 'credentials' });
  expect(await healthOf(owner)).toMatchObject({ status: 'well' });
  expect(await unwell('credentials')).toBe(1);
  const { checks } = await app.nest.get(HealthChecks).run();
  expect(checks['twilio']).toEqual({ status: 'up' });
  const rows = await app.database.query(`select * from account_health`);
  expect(JSON.stringify([rows, await healthOf(other)])).not.toContain(WRONG);

  await app.database.query(
    `update account_health set checked_at = now() - interval '11 minutes', since = now() - interval '2 hours'`,
  );
  await check();
  const again = await healthOf(other);
  expect(again).toMatchObject({ status: 'unwell' });
  expect(Date.now() - Date.parse(again?.since ?? '')).toBeGreaterThan(3_600_000);

  await app
    .as(other)
    .put(`/api/provider-accounts/${id}/credentials`)
    .send({ credentials: { accountSid: SID, authToken: GOOD } })
    .expect(200);
  expect([await healthOf(other), await unwell('credentials')]).toEqual([null, 0]);
  await check();
  expect(await healthOf(other)).toMatchObject({ status: 'well' });
});

test('an account is asked again after an hour, and not before', async () => {
  const checkedAt = async (): Promise<string[]> => {
    const rows = await app.database.query<{ at: string }>(
      `select checked_at as at from account_health order by account_id`,
    );
    return rows.map(({ at }) => at);
  };
  const before = await checkedAt();
  await check();
  expect(await checkedAt()).toEqual(before);
  await app.database.query(`update account_health set checked_at = now() - interval '61 minutes'`);
  await check();
  const after = await checkedAt();
  expect(after.every((at) => Date.now() - Date.parse(at) < 3_600_000)).toBe(true);
});
