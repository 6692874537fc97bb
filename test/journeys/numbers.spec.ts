/** Numbers of venues: rented, used, verified and given back, whatever breaks on the way. */
import { CommandBus } from '@nestjs/cqrs';
import twilio, { type Twilio } from 'twilio';
import { until } from '../../harness/until.js';
import { AdvanceNumbers } from '../../src/numbers/advance-numbers.command.js';
import { VerifyNumbers } from '../../src/numbers/verify-number.command.js';
import type { NumberView } from '../../src/numbers/numbers.dto.js';
import { TwilioHttpClient } from '../../src/providers/twilio/twilio.http.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { consentOf } from '../support/consent.js';
import { breakableTwilio, type FaultyWire, type WireFault } from '../support/faulty-wire.js';
import { send, text, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { platformAccount } from '../support/twilio.js';

let app: TestApp;
let wire: FaultyWire;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  wire = await breakableTwilio(app);
  tenant = await app.tenant();
  await app
    .as(tenant)
    .patch('/api/tenants/' + tenant.id + '/settings')
    .send({ maxNumbers: 500 })
    .expect(200);
});
afterEach(() => wire.break(undefined));
afterAll(async () => {
  await wire.close();
  await app.close();
});

/** The account at the provider itself. */
function account(): Twilio {
  const { accountSid, authToken } = platformAccount(app);
  const client = twilio(accountSid, authToken, { httpClient: new TwilioHttpClient(10_000) });
  client.api.baseUrl = `${app.url}/sandbox/twilio`;
  return client;
}
const rented = async (label = ''): Promise<string[]> =>
  (await account().incomingPhoneNumbers.list())
    .filter(({ friendlyName }) => friendlyName.includes(label))
    .map(({ phoneNumber }) => phoneNumber);

let areas = 300;
/** Each test has an area of its own. */
const area = (): string => String((areas += 1));
const venue = (): Promise<string> => newVenue(app, tenant);

const post = (input: object, as = tenant) =>
  app
    .as(as)
    .post('/api/numbers')
    .send({ venueId: as.defaultVenueId, ...input });
async function order(input: object, as = tenant): Promise<NumberView> {
  const { body } = await post(input, as).expect(202);
  return body as NumberView;
}
const search = (more: object = {}): object => ({ country: 'US', areaCode: area(), ...more });
const view = async (id: string): Promise<NumberView> =>
  (await app.as(tenant).get(`/api/numbers/${id}`).expect(200)).body as NumberView;

/** Its next step is due now, however long it was put off. */
async function hurry(id: string): Promise<void> {
  await app.database.query(
    `update phone_number set due_at = now() where id = $1 and due_at is not null and lease is null`,
    [id],
  );
  await app.nest.get(CommandBus).execute(new AdvanceNumbers());
}
const when = (id: string, ...statuses: NumberView['status'][]): Promise<NumberView> =>
  until(async () => {
    await hurry(id);
    const now = await view(id);
    return statuses.includes(now.status) && now;
  });
const release = (id: string, quarantineDays: number) =>
  app.as(tenant).post(`/api/numbers/${id}/release`).send({ quarantineDays });

test('numbers for sale are shown, by country, area and what they carry', async () => {
  const { body } = await app
    .as(tenant)
    .get('/api/numbers/available?country=US&areaCode=212&channel=mms&limit=2')
    .expect(200);
  expect(body).toMatchObject({ provider: 'twilio', items: [{ address: '+12125550000' }, { address: '+12125550001' }] });
  const none = await app.as(tenant).get('/api/numbers/available?country=DE&type=toll-free').expect(200);
  expect(none.body).toMatchObject({ items: [] });
});

test('an ordered number becomes the venue’s, speaks for it, hears its STOP, and is given back after its quarantine', async () => {
  const venueId = await venue();
  const { id, status } = await order({ venueId, search: search(), channels: ['sms', 'mms'] });
  expect(status).toBe('ordered');
  const active = await when(id, 'active');
  const address = active.address ?? '';
  expect(active).toMatchObject({
    providerId: expect.stringMatching(/^PN/),
    assignedAt: expect.any(String),
    releasedAt: null,
    rented: true,
  });
  const person = newNumber();
  const message = await send(app, tenant, text({ venueId, to: person }));
  expect(await whenStatus(app, tenant, message, 'delivered')).toMatchObject({ from: address });

  const { body } = await release(id, 30).expect(200);
  expect(body).toMatchObject({ status: 'quarantined', releasedAt: expect.any(String), returnedAt: null });
  await app
    .as(tenant)
    .post('/api/messages')
    .send(text({ venueId, to: person }))
    .expect(422);
  await receive(app, { from: person, to: address, body: 'STOP' });
  expect((await consentOf(app, tenant, venueId, person)).status).toBe('opted_out');
  expect(await rented(id)).toEqual([address]);
  await app
    .as(tenant)
    .post('/api/numbers')
    .send({ venueId: await venue(), address })
    .expect(409);

  const returned = await when(id, 'released');
  expect(returned.returnedAt).not.toBeNull();
  expect(await rented(id)).toEqual([]);
  const history = await app
    .as(tenant)
    .get(`/api/numbers?address=${encodeURIComponent(address)}`)
    .expect(200);
  expect(history.body).toMatchObject({ items: [{ id, venueId, address, releasedAt: returned.releasedAt }] });
});

const BUY = /^POST .*IncomingPhoneNumbers\.json/;
const FIND = /^GET .*IncomingPhoneNumbers\.json/;
const SEARCH = /^GET .*AvailablePhoneNumbers/;
const POOL = /^POST \/v1\/Services/;
const RELEASE = /^DELETE /;

test.each<[string, WireFault]>([
  ['the search fails', { calls: SEARCH, how: 'error-before', times: 2 }],
  ['the purchase fails', { calls: BUY, how: 'error-before', times: 2 }],
  ['the purchase breaks off before', { calls: BUY, how: 'reset-before', times: 1 }],
  ['the purchase breaks off after it was made', { calls: BUY, how: 'reset-after', times: 1 }],
  ['every answer is lost while it is bought', { calls: /IncomingPhoneNumbers\.json/, how: 'reset-after', times: 3 }],
  ['the pool fails', { calls: POOL, how: 'error-before', times: 2 }],
  ['the pool breaks off after', { calls: POOL, how: 'reset-after', times: 1 }],
])('if %s, one number is rented all the same, and no second', async (_, fault) => {
  const venueId = await venue();
  wire.break(fault);
  const pool = fault.calls === POOL ? { pool: `MG${area().padEnd(32, '0')}` } : {};
  const { id } = await order({ venueId, search: search(), ...pool });
  const { address } = await when(id, 'active');
  expect(await rented(id)).toEqual([address]);
});

test.each<[string, WireFault, object]>([
  [
    'the purchase is refused',
    { calls: BUY, how: { refused: 21631 }, times: 1 },
    { fault: 'refused', faultCode: '21631' },
  ],
  [
    'the search is refused',
    { calls: SEARCH, how: { refused: 21205 }, times: 1 },
    { fault: 'refused', faultCode: '21205' },
  ],
  ['the pool is refused', { calls: POOL, how: { refused: 21712 }, times: 1 }, { fault: 'refused', faultCode: '21712' }],
])('if %s, there is no number, and none is paid for', async (_, fault, why) => {
  wire.break(fault);
  const pool = fault.calls === POOL ? { pool: `MG${area().padEnd(32, '0')}` } : {};
  const { id } = await order({ venueId: await venue(), search: search(), ...pool });
  expect(await when(id, 'failed')).toMatchObject({ ...why, assignedAt: null });
  expect(await rented(id)).toEqual([]);
});

test('if the venue cannot have it, the number is given back, however often that fails', async () => {
  const [other, address] = [await venue(), `+1${area()}5550000`];
  const { id } = await order({ venueId: await venue(), address });
  await newSender(app, tenant, { venueId: other, channel: 'sms', address });
  wire.break({ calls: RELEASE, how: 'reset-before', times: 2 });
  expect(await when(id, 'returning')).toMatchObject({ fault: 'unfit', faultCode: 'sender_taken' });
  expect(await rented(id)).toEqual([address]);
  expect(await when(id, 'failed')).toMatchObject({ fault: 'unfit', returnedAt: expect.any(String) });
  expect(await rented(id)).toEqual([]);
});

test('if it cannot be told whether it was bought, and the order is called off, it is looked for and given back', async () => {
  wire.break({ calls: BUY, how: 'reset-after', times: 1 });
  const { id } = await order({ venueId: await venue(), search: search() });
  await until(async () => {
    await app.nest.get(CommandBus).execute(new AdvanceNumbers());
    return (await rented(id)).length === 1;
  });
  await release(id, 30).expect(200);
  await when(id, 'failed');
  expect(await rented(id)).toEqual([]);
});

test('a number that somebody else buys at that moment is replaced by the next', async () => {
  const { id } = await order({ venueId: await venue(), search: { country: 'US', areaCode: '533' } });
  const { address } = await when(id, 'active');
  expect(wire.calls.filter((call) => BUY.test(call)).length).toBeGreaterThan(1);
  expect(await rented(id)).toEqual([address]);
});

test('a named number that is taken is not replaced, and a country without numbers has none', async () => {
  const taken = await order({ venueId: await venue(), address: '+15005550000' });
  expect(await when(taken.id, 'failed')).toMatchObject({ fault: 'taken', faultCode: '21422' });
  const none = await order({ venueId: await venue(), search: { country: 'FR' } });
  expect(await when(none.id, 'failed')).toMatchObject({ fault: 'none_available' });
});

test('two venues that order at once get two numbers', async () => {
  const wanted = search();
  const ids = await Promise.all(
    [await venue(), await venue()].map(async (venueId) => (await order({ venueId, search: wanted })).id),
  );
  const numbers = await Promise.all(ids.map(async (id) => (await when(id, 'active')).address));
  expect(new Set(numbers).size).toBe(2);
});

test('an order that finds no answer for a day is given up', async () => {
  wire.break({ calls: SEARCH, how: 'error-before', times: 100 });
  const { id } = await order({ venueId: await venue(), search: search() });
  await until(async () => {
    await hurry(id);
    return (await view(id)).faultCode === '20500';
  });
  await app.database.query(`update phone_number set created_at = created_at - interval '1 day' where id = $1`, [id]);
  expect(await when(id, 'failed')).toMatchObject({ fault: 'unanswered', faultCode: '20500' });
});

test('a number that the account has is taken over, posts to us, and is kept when its venue leaves it', async () => {
  const address = `+1${area()}5550000`;
  const { sid } = await account().incomingPhoneNumbers.create({
    phoneNumber: address,
    smsUrl: 'https://old.example.com',
  });
  const venueId = await venue();
  const { id } = await order({ venueId, address, attach: true });
  expect(await when(id, 'active')).toMatchObject({ providerId: sid, rented: false });
  expect((await account().incomingPhoneNumbers(sid).update({})).smsUrl).toBe(`${app.url}/webhook/twilio`);
  expect((await release(id, 30).expect(200)).body).toMatchObject({ status: 'released', returnedAt: null });
  expect(await rented(address)).toEqual([address]);
  const gone = await order({ venueId, address: `+1${area()}5550000`, attach: true });
  expect(await when(gone.id, 'failed')).toMatchObject({ fault: 'not_owned' });
});

test('a webhook that was changed is put right, and a number that is gone is told of', async () => {
  const { id } = await order({ venueId: await venue(), search: search() });
  const { providerId } = await when(id, 'active');
  const verify = () => app.as(tenant).post(`/api/numbers/${id}/verify`);
  expect((await verify().expect(200)).body).toMatchObject({ repaired: false, problem: null });
  await account()
    .incomingPhoneNumbers(providerId ?? '')
    .update({ smsUrl: 'https://elsewhere.example.com' });
  expect((await verify().expect(200)).body).toMatchObject({ repaired: true, problem: null });
  expect(
    (
      await account()
        .incomingPhoneNumbers(providerId ?? '')
        .update({})
    ).smsUrl,
  ).toBe(`${app.url}/webhook/twilio`);
  await account()
    .incomingPhoneNumbers(providerId ?? '')
    .remove();
  await app.database.query(`update phone_number set checked_at = now() - interval '2 days' where id = $1`, [id]);
  await app.nest.get(CommandBus).execute(new VerifyNumbers());
  expect(await view(id)).toMatchObject({ problem: 'missing', status: 'active' });
  wire.break({ calls: FIND, how: 'error-before', times: 1 });
  expect((await verify().expect(503)).body).toMatchObject({ code: 'numbers_unanswered' });
});

test('a venue has one number, and several only in a pool that speaks for it', async () => {
  const venueId = await venue();
  const pool = `MG${area().padEnd(32, 'f')}`;
  const first = await order({ venueId, search: search() });
  const { body } = await app.as(tenant).post('/api/numbers').send({ venueId, search: search() }).expect(409);
  expect(body).toMatchObject({ code: 'venue_has_number' });
  await when(first.id, 'active');
  await release(first.id, 0).expect(200);
  for (const wanted of [search(), search()]) {
    const { id } = await order({ venueId, search: wanted, pool });
    expect(await when(id, 'active')).toMatchObject({ pool });
  }
  const message = await send(app, tenant, text({ venueId, to: newNumber() }));
  expect(await whenStatus(app, tenant, message, 'delivered')).toMatchObject({ from: pool });
});

test('a tenant rents no more numbers than its settings allow', async () => {
  const owner = await app.tenant();
  await app.as(owner).patch(`/api/tenants/${owner.id}/settings`).send({ maxNumbers: 1 }).expect(200);
  await order({ search: search() }, owner);
  const { body } = await app
    .as(owner)
    .post('/api/numbers')
    .send({ venueId: await newVenue(app, owner), search: search() })
    .expect(409);
  expect(body).toMatchObject({ code: 'number_limit' });
});

test.each([
  [{}, 'address'],
  [{ address: '+14155550100', search: { country: 'US' } }, 'address'],
  [{ search: { country: 'US' }, attach: true }, 'address'],
  [{ search: { country: 'us' } }, 'search.country'],
  [{ search: { country: 'US' }, pool: 'MG1' }, 'pool'],
  [{ search: { country: 'US' }, channels: ['fax'] }, 'channels'],
])('an order that cannot be meant says what to change: %j', async (input, path) => {
  const { body } = await post(input).expect(400);
  expect((body as { errors: { path: string }[] }).errors[0]?.path).toMatch(path);
});

test('at a provider where we rent none, a number is rented by hand', async () => {
  const { body } = await post({ search: search(), provider: 'plivo' }).expect(422);
  expect(body).toMatchObject({ code: 'numbers_not_rented' });
});
