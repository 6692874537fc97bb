/** STOP and START, and what providers report about people who texted it to them. */
import { ApplyKeyword, RecordProviderOptOuts, type KeywordMessage } from '../../src/consent/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf, platformAccountOf, run, stateOf } from './support.js';
import { newNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';

const SHARED = '+15005550006';

let app: TestApp;
let tenant: Tenant;
let number: string;
let platform: string;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  number = '+12125550142';
  platform = await platformAccountOf(app);
  await newSender(app, tenant, { channel: 'sms', address: number });
});
afterAll(() => app.close());

let lastMessage = 0;
function apply(from: string, keyword: 'stop' | 'start', more: Partial<KeywordMessage> = {}): Promise<void> {
  const providerMessageId = `SM${(lastMessage += 1)}`;
  return run(
    app,
    new ApplyKeyword({ channel: 'sms', number, from, keyword, providerMessageId, accountIds: [platform], ...more }),
  );
}
const optedOutOf = async (shared: string, address: string): Promise<boolean> => {
  const rows = await app.database.query(
    `select 1 from number_opt_out where (channel, number, address, status) = ('sms', $1::text, $2::text, 'opted_out')`,
    [shared, address],
  );
  return rows.length > 0;
};

test('The number that received STOP names the venue', async () => {
  const from = newNumber();
  await apply(from, 'stop', { providerMessageId: 'SM-stop' });
  expect(await stateOf(app, tenant, from)).toBe('opted_out');
  expect(await logOf(app, tenant, from)).toMatchObject([
    {
      status: 'opted_out',
      source: 'keyword',
      actor: 'recipient',
      evidence: { number, keyword: 'stop', providerMessageId: 'SM-stop' },
    },
  ]);
});

test('START opts in, after a STOP or without one', async () => {
  const [ana, ben] = [newNumber(), newNumber()];
  await apply(ana, 'stop');
  await apply(ana, 'start');
  await apply(ben, 'start');
  expect(await stateOf(app, tenant, ana)).toBe('opted_in');
  expect(await stateOf(app, tenant, ben)).toBe('opted_in');
});

test('STOP by MMS is STOP by SMS', async () => {
  const from = newNumber();
  await apply(from, 'stop', { channel: 'mms' });
  expect(await stateOf(app, tenant, from)).toBe('opted_out');
});

test('A message that is delivered again, also at the same time, is applied once', async () => {
  const from = newNumber();
  const stop = { providerMessageId: 'SM-once' };
  await Promise.all(Array.from({ length: 8 }, () => apply(from, 'stop', stop)));
  await apply(from, 'start');
  await apply(from, 'stop', stop);
  expect(await stateOf(app, tenant, from)).toBe('opted_in');
  expect(await logOf(app, tenant, from)).toHaveLength(2);
});

test('A STOP that arrives after the START that followed it does not undo it', async () => {
  const from = newNumber();
  for (const [line, read] of [
    [number, () => stateOf(app, tenant, from)],
    [SHARED, async () => ((await optedOutOf(SHARED, from)) ? 'opted_out' : 'opted_in')],
  ] as const) {
    await apply(from, 'start', { number: line, occurredAt: new Date('2026-03-02T00:00:00Z') });
    await apply(from, 'stop', { number: line, occurredAt: new Date('2026-03-01T00:00:00Z') });
    expect(await read()).toBe('opted_in');
    await apply(from, 'stop', { number: line, occurredAt: new Date('2026-03-03T00:00:00Z') });
    expect(await read()).toBe('opted_out');
  }
});

test('STOP to a number of no venue holds for that number, and START lifts it', async () => {
  const from = newNumber();
  await apply(from, 'stop', { number: SHARED, providerMessageId: 'SM-shared' });
  expect(await optedOutOf(SHARED, from)).toBe(true);
  expect(await stateOf(app, tenant, from)).toBe('unknown');
  await apply(from, 'start', { number: SHARED });
  expect(await optedOutOf(SHARED, from)).toBe(false);
  await apply(from, 'stop', { number: SHARED, providerMessageId: 'SM-shared' });
  expect(await optedOutOf(SHARED, from)).toBe(false);
});

test('Another venue’s consent is not touched', async () => {
  const other = await app.tenant();
  const from = newNumber();
  await apply(from, 'stop');
  expect(await stateOf(app, other, from)).toBe('unknown');
});

test('Another account’s word on a number is worth nothing', async () => {
  const stranger = await app.tenant();
  const credentials = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'f'.repeat(32) };
  const created = await app
    .as(stranger)
    .post('/api/provider-accounts')
    .send({ provider: 'twilio', name: 'Ours', credentials })
    .expect(201);
  const accountIds = [(created.body as { id: string }).id];
  const from = newNumber();
  for (const line of [number, SHARED])
    await apply(from, 'stop', { number: line, accountIds, providerMessageId: 'SM-forged' });
  expect(await stateOf(app, tenant, from)).toBe('unknown');
  expect(await app.database.query('select 1 from number_opt_out where address = $1', [from])).toEqual([]);
  await apply(from, 'stop', { providerMessageId: 'SM-forged', accountIds: [...accountIds, platform] });
  expect(await stateOf(app, tenant, from)).toBe('opted_out');
});

test('A provider’s word that somebody opted out is an opt-out from the message’s venue', async () => {
  const address = newNumber();
  const messageId = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
  const optOut = {
    tenantId: tenant.id,
    venueId: tenant.defaultVenueId,
    channel: 'sms',
    sender: number,
    address,
    messageId,
    provider: 'twilio',
    code: '21610',
  } as const;
  await run(app, new RecordProviderOptOuts([optOut]));
  expect(await stateOf(app, tenant, address)).toBe('opted_out');
  expect(await logOf(app, tenant, address)).toMatchObject([
    { source: 'provider', actor: 'provider', evidence: { provider: 'twilio', code: '21610', messageId } },
  ]);
});

test('said of the shared number, it is an opt-out from that number for everybody, and from no venue; once', async () => {
  const address = newNumber();
  const optOut = {
    tenantId: tenant.id,
    venueId: tenant.defaultVenueId,
    channel: 'sms',
    sender: SHARED,
    address,
    messageId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e13',
    code: '21610',
  } as const;
  await run(app, new RecordProviderOptOuts([optOut]));
  expect(await stateOf(app, tenant, address)).toBe('unknown');
  expect(await optedOutOf(SHARED, address)).toBe(true);
  await apply(address, 'start', { number: SHARED });
  await run(app, new RecordProviderOptOuts([optOut])); // the same report again
  expect(await optedOutOf(SHARED, address)).toBe(false);
  const log = await app.admin().get(`/api/number-opt-outs/${SHARED}/${address}/log`).expect(200);
  expect((log.body as { items: object[] }).items).toMatchObject([
    { status: 'opted_in', source: 'keyword' },
    { status: 'opted_out', source: 'provider', actor: 'provider', evidence: { code: '21610' } },
  ]);
});
