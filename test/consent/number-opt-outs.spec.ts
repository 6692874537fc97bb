/** STOP to a number that belongs to no venue: who sees it, and who may lift it. */
import { randomUUID } from 'node:crypto';
import { ApplyKeyword, ConsentGate, type KeywordMessage } from '../../src/consent/index.js';
import type { ConsentEventView, ConsentView } from '../../src/consent/consent.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { platformAccountOf, run } from './support.js';
import { newNumber } from '../support/people.js';
import { newSender, newVenue, type SenderInput } from '../support/senders.js';

const SHARED = '+15005550006';
const EVIDENCE = { ticket: 'S-7', note: 'asked by letter to be written to again' };
/** A day of PostgreSQL's in the past, which no decision made now can be older than. */
const EARLIER = '2026-03-01T00:00:00.000Z';

let app: TestApp;
let tenant: Tenant;
let platform: string;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  platform = await platformAccountOf(app);
});
afterAll(() => app.close());

let lastMessage = 0;
const keyword = (from: string, word: 'stop' | 'start' | 'yes', more: Partial<KeywordMessage> = {}): Promise<void> =>
  run(
    app,
    new ApplyKeyword({
      channel: 'sms',
      number: SHARED,
      from,
      keyword: word,
      accountIds: [platform],
      providerMessageId: `SM${(lastMessage += 1)}`,
      ...more,
    }),
  );
const consentOf = async (address: string, query: object = {}, venueId = tenant.defaultVenueId): Promise<ConsentView> =>
  (
    await app
      .as(tenant)
      .get(`/api/consent/${venueId}/${address}`)
      .query({ channel: 'sms', ...query })
      .expect(200)
  ).body as ConsentView;
const set = (address: string, body: object, number = SHARED) =>
  app.admin().put(`/api/number-opt-outs/${number}/${address}`).send(body);
const lift = { status: 'opted_in', source: 'support', evidence: EVIDENCE };
const list = async (query: object): Promise<unknown> =>
  (await app.admin().get('/api/number-opt-outs').query(query).expect(200)).body;
const logOf = async (address: string): Promise<ConsentEventView[]> => {
  const { body } = await app.admin().get(`/api/number-opt-outs/${SHARED}/${address}/log`).expect(200);
  return (body as { items: ConsentEventView[] }).items;
};
const verdictOn = async (recipient: string, senderAddress: string): Promise<unknown> => {
  const [verdict] = await app.nest.get(ConsentGate).check([
    {
      messageId: randomUUID(),
      tenantId: tenant.id,
      venueId: tenant.defaultVenueId,
      channel: 'sms',
      category: 'transactional',
      recipient,
      senderAddress,
      expiresAt: null,
      isTest: false,
    },
  ]);
  return verdict;
};
async function hallWith(
  number: string,
  channel = 'sms',
  more: Partial<SenderInput> = {},
): Promise<{ venueId: string; senderId: string }> {
  const venueId = await newVenue(app, tenant);
  return { venueId, senderId: await newSender(app, tenant, { venueId, channel, address: number, ...more }) };
}

test('It is shown beside the consent of every venue that sends from that number, which stays as it is', async () => {
  const ana = newNumber();
  expect((await consentOf(ana)).numberOptOut).toBeNull();
  await keyword(ana, 'stop', { occurredAt: new Date(EARLIER) });
  const standing = { number: SHARED, occurredAt: EARLIER };
  expect(await consentOf(ana)).toMatchObject({ status: 'unknown', numberOptOut: standing });
  const { body } = await app
    .as(tenant)
    .put(`/api/consent/${tenant.defaultVenueId}/${ana}`)
    .send({ status: 'opted_in', channel: 'sms', source: 'checkout' })
    .expect(200);
  expect(body).toMatchObject({ status: 'opted_in', numberOptOut: standing });
  expect(await consentOf(ana, { channel: 'mms' })).toMatchObject({ numberOptOut: standing });
  expect(await consentOf(ana, { channel: 'whatsapp' })).toMatchObject({ numberOptOut: null });
  await keyword(ana, 'start');
  expect(await consentOf(ana)).toMatchObject({ status: 'opted_in', numberOptOut: null });
});

test('It does not concern a venue with a number of its own, nor one whose number rests', async () => {
  const ana = newNumber();
  await keyword(ana, 'stop');
  const { venueId, senderId } = await hallWith('+12125550151');
  expect(await consentOf(ana, {}, venueId)).toMatchObject({ status: 'unknown', numberOptOut: null });
  await app.as(tenant).patch(`/api/senders/${senderId}`).send({ status: 'inactive' }).expect(200);
  expect(await consentOf(ana, {}, venueId)).toMatchObject({ numberOptOut: null });
  const other = await hallWith('+12125550152', 'mms');
  expect(await consentOf(ana, { channel: 'mms' }, other.venueId)).toMatchObject({ numberOptOut: null });
  expect(await consentOf(ana, { channel: 'sms' }, other.venueId)).toMatchObject({ numberOptOut: { number: SHARED } });
});

test('What held at an earlier time is shown as consent’s is', async () => {
  const ana = newNumber();
  await keyword(ana, 'stop', { occurredAt: new Date('2026-03-01T00:00:00Z') });
  await keyword(ana, 'start', { occurredAt: new Date('2026-03-03T00:00:00Z') });
  const at = async (day: string): Promise<unknown> =>
    (await consentOf(ana, { at: `2026-03-${day}T00:00:00Z` })).numberOptOut;
  expect(await at('02')).toEqual({ number: SHARED, occurredAt: '2026-03-01T00:00:00.000Z' });
  expect([await at('04'), (await consentOf(ana)).numberOptOut]).toEqual([null, null]);
  expect((await consentOf(ana, { at: '2026-02-28T00:00:00Z' })).numberOptOut).toBeNull();
});

test('Only the platform’s admin sees and lifts it, with evidence, and the log keeps both', async () => {
  const ana = newNumber();
  await keyword(ana, 'stop', { providerMessageId: 'SM-of-ana', occurredAt: new Date(EARLIER) });
  const path = `/api/number-opt-outs/${SHARED}/${ana}`;
  for (const refused of [
    app.as(tenant).put(path).send(lift),
    app.as(tenant).get(`${path}/log`),
    app.as(tenant).get('/api/number-opt-outs'),
  ]) {
    expect((await refused.expect(403)).body).toMatchObject({ code: 'admin_only' });
  }
  expect(await list({ address: ana })).toEqual({
    items: [{ channel: 'sms', number: SHARED, address: ana, status: 'opted_out', occurredAt: EARLIER }],
    nextCursor: null,
  });
  for (const evidence of [undefined, {}]) await set(ana, { ...lift, evidence }).expect(400);
  expect(await verdictOn(ana, SHARED)).toMatchObject({ pass: false, reason: 'number_opted_out' });

  expect((await set(ana, lift).expect(200)).body).toMatchObject({ address: ana, status: 'opted_in' });
  expect(await verdictOn(ana, SHARED)).toEqual({ pass: true });
  expect((await consentOf(ana)).numberOptOut).toBeNull();
  expect(await list({ address: ana })).toEqual({ items: [], nextCursor: null });
  expect(await logOf(ana)).toMatchObject([
    { status: 'opted_in', previousStatus: 'opted_out', source: 'support', actor: 'admin', evidence: EVIDENCE },
    {
      status: 'opted_out',
      previousStatus: 'unknown',
      source: 'keyword',
      actor: 'recipient',
      occurredAt: EARLIER,
      evidence: { number: SHARED, keyword: 'stop', providerMessageId: 'SM-of-ana' },
    },
  ]);
  await expect(app.database.query(`update number_opt_out_event set actor = 'nobody'`)).rejects.toThrow(/append-only/);
});

test('A lift that is older than the STOP enters the log and lifts nothing', async () => {
  const ana = newNumber();
  await keyword(ana, 'stop');
  const { body } = await set(ana, { ...lift, occurredAt: EARLIER }).expect(200);
  expect(body).toMatchObject({ status: 'opted_out' });
  expect(await logOf(ana)).toMatchObject([
    { status: 'opted_in', previousStatus: 'opted_out' },
    { status: 'opted_out' },
  ]);
  expect(await verdictOn(ana, SHARED)).toMatchObject({ reason: 'number_opted_out' });
});

test('The admin records an opt-out that came by another way, and START lifts it', async () => {
  const ana = newNumber();
  await set(ana, { ...lift, status: 'opted_out', channel: 'mms' }).expect(200);
  expect(await verdictOn(ana, SHARED)).toMatchObject({ reason: 'number_opted_out' });
  await keyword(ana, 'start');
  expect(await verdictOn(ana, SHARED)).toEqual({ pass: true });
});

test('The list goes page by page, and filters by our number', async () => {
  const [ours, other] = ['+12125550161', '+12125550162'];
  const people = [newNumber(), newNumber(), newNumber()];
  for (const person of people) await keyword(person, 'stop', { number: ours });
  await keyword(newNumber(), 'stop', { number: other });
  const pages: string[][] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = (await list({ number: ours, limit: 2, ...(cursor && { cursor }) })) as {
      items: { address: string }[];
      nextCursor: string | null;
    };
    pages.push(page.items.map(({ address }) => address));
    cursor = page.nextCursor;
  }
  expect(pages).toEqual([people.slice(0, 2), people.slice(2)]);
});

test('Numbers are read as people write them, and what is none is refused', async () => {
  const ana = newNumber();
  await keyword(ana, 'stop');
  const spaced = `${ana.slice(0, 3)} ${ana.slice(3)}`;
  expect(await list({ address: spaced })).toMatchObject({ items: [{ address: ana }] });
  await set(encodeURIComponent(spaced), lift, encodeURIComponent('+1 500 555 0006')).expect(200);
  expect((await consentOf(ana)).numberOptOut).toBeNull();
  expect((await set('0171', lift).expect(400)).body).toMatchObject({ code: 'invalid_address' });
});

describe('A number that became a venue’s after somebody said STOP to it', () => {
  test('stays closed to them until they say START to it, which opens both', async () => {
    const number = '+12125550153';
    const [ana, ben] = [newNumber(), newNumber()];
    for (const person of [ana, ben]) await keyword(person, 'stop', { number });
    const { venueId } = await hallWith(number);
    expect(await consentOf(ana, {}, venueId)).toMatchObject({ status: 'unknown', numberOptOut: { number } });
    await keyword(ana, 'start', { number });
    await keyword(ben, 'yes', { number });
    for (const person of [ana, ben]) {
      expect(await consentOf(person, {}, venueId)).toMatchObject({ status: 'opted_in', numberOptOut: null });
      expect(await verdictOn(person, number)).toEqual({ pass: true });
    }
  });

  test('is not opened by the word of a tenant’s own account', async () => {
    const number = '+12125550154';
    const ana = newNumber();
    await keyword(ana, 'stop', { number });
    const credentials = { accountSid: `AC${'5'.repeat(32)}`, authToken: 'e'.repeat(32) };
    const account = await app
      .as(tenant)
      .post('/api/provider-accounts')
      .send({ provider: 'twilio', name: 'Ours', credentials })
      .expect(201);
    const { venueId } = await hallWith(number);
    await keyword(ana, 'start', { number, accountIds: [(account.body as { id: string }).id] });
    expect(await consentOf(ana, {}, venueId)).toMatchObject({ status: 'opted_in', numberOptOut: { number } });
  });
});
