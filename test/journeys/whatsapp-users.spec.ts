/** A person on WhatsApp who hides the number writes under a user id: it is the same person, for a STOP and for the 24 hours. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { send, whenEnded } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { inboundForm, postTwilio, type TwilioAccount } from '../support/twilio.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ country: 'DE' });
});
afterAll(() => app.close());

let users = 0;
const newUserId = (): string => `DE.1349120865530274${String((users += 1)).padStart(4, '0')}`;

interface Inbound {
  readonly to: string;
  readonly from: string;
  readonly userId?: string;
  readonly body?: string;
}

/** Somebody writes on WhatsApp, under a number or a user id. */
const hear = ({ body = 'Hallo', from, to, ...more }: Inbound): Promise<void> =>
  receive(app, { ...more, from: `whatsapp:${from}`, to: `whatsapp:${to}`, body });

/** The same to an account that the sandbox does not have. */
async function hearThrough(account: TwilioAccount, { from, to, userId = '' }: Inbound): Promise<void> {
  const form = { ...inboundForm(`whatsapp:${from}`, `whatsapp:${to}`, 'Hallo'), ExternalUserId: userId };
  expect(await postTwilio(app, form, { account })).toBe(200);
}

async function consentOf(
  venueId: string,
  address: string,
  owner = tenant,
): Promise<{ status: string; address: string }> {
  const { body } = await app
    .as(owner)
    .get(`/api/consent/${venueId}/${address}`)
    .query({ channel: 'whatsapp' })
    .expect(200);
  return body as { status: string; address: string };
}

/** How a free text to somebody ends: it needs a message from the person within 24 hours. */
async function freeText(venueId: string, to: string): Promise<string> {
  const id = await send(app, tenant, { channel: 'whatsapp', venueId, to, content: { body: 'Doors at 19:00' } });
  const { status, reason } = await whenEnded(app, tenant, id);
  return reason ?? (['delivered', 'read'].includes(status) ? 'arrived' : status);
}

test('a STOP under the user id is the STOP of the number that was told with it before', async () => {
  const { venueId, number: to } = await venueWith(app, tenant, 'whatsapp');
  const [person, userId] = [newNumber(), newUserId()];
  await hear({ to, from: person, userId });
  expect(await freeText(venueId, person)).toBe('arrived');
  await hear({ to, from: userId, body: 'STOP' });
  expect(await consentOf(venueId, person)).toMatchObject({ status: 'opted_out', address: person });
  expect(await consentOf(venueId, userId)).toMatchObject({ status: 'opted_out', address: person });
  expect(await freeText(venueId, person)).toBe('opted_out');
  await hear({ to, from: userId, body: 'START' });
  expect(await consentOf(venueId, person)).toMatchObject({ status: 'opted_in' });
});

test('a STOP under an unknown user id can be read, and is the number’s once that is told', async () => {
  const { venueId, number: to } = await venueWith(app, tenant, 'whatsapp');
  const [person, userId] = [newNumber(), newUserId()];
  await hear({ to, from: userId, body: 'STOP' });
  expect(await consentOf(venueId, userId)).toMatchObject({ status: 'opted_out', address: userId });
  expect(await consentOf(venueId, person)).toMatchObject({ status: 'unknown' });
  await hear({ to, from: person, userId });
  expect(await consentOf(venueId, person)).toMatchObject({ status: 'opted_out', source: 'whatsapp_user' });
  expect(await freeText(venueId, person)).toBe('opted_out');
});

test('what the number decided since is not undone by an older STOP under the id', async () => {
  const { venueId, number: to } = await venueWith(app, tenant, 'whatsapp');
  const [person, userId] = [newNumber(), newUserId()];
  await hear({ to, from: userId, body: 'STOP' });
  await hear({ to, from: person, body: 'START' });
  await hear({ to, from: person, userId });
  expect(await consentOf(venueId, person)).toMatchObject({ status: 'opted_in', source: 'keyword' });
});

test('a message under the user id opens the 24 hours of the number', async () => {
  const { venueId, number: to } = await venueWith(app, tenant, 'whatsapp');
  const [person, userId] = [newNumber(), newUserId()];
  await hear({ to, from: person, userId });
  await app.database.query(`update conversation set last_inbound_at = now() - interval '25 hours' where address = $1`, [
    person,
  ]);
  expect(await freeText(venueId, person)).toBe('whatsapp_window_closed');
  await hear({ to, from: userId });
  expect(await freeText(venueId, person)).toBe('arrived');
});

test('a user id told through a tenant’s own account says nothing about another business’s people', async () => {
  const { venueId, number: to } = await venueWith(app, tenant, 'whatsapp');
  const [person, userId] = [newNumber(), newUserId()];
  const stranger = await app.tenant();
  const account = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'token-of-the-stranger' };
  const input = { provider: 'twilio', name: 'Our own', credentials: account };
  await app.as(stranger).post('/api/provider-accounts').send(input).expect(201);
  const { venueId: theirs, number: their } = await venueWith(app, stranger, 'whatsapp');
  await hearThrough(account, { to: their, from: person, userId });
  await hear({ to, from: userId, body: 'STOP' });
  expect(await consentOf(venueId, person)).toMatchObject({ status: 'unknown' });
  expect(await consentOf(venueId, userId)).toMatchObject({ status: 'opted_out', address: userId });
  expect(await consentOf(theirs, userId, stranger)).toMatchObject({ status: 'unknown', address: person });
});

test('consent can be written under a user id, and no message is sent to one', async () => {
  const { venueId } = await venueWith(app, tenant, 'whatsapp');
  const userId = newUserId();
  const decision = { status: 'opted_out', channel: 'whatsapp', source: 'support' };
  await app.as(tenant).put(`/api/consent/${venueId}/${userId}`).send(decision).expect(200);
  expect(await consentOf(venueId, userId)).toMatchObject({ status: 'opted_out' });
  const message = { channel: 'whatsapp', venueId, to: userId, content: { body: 'Doors' } };
  const { body } = await app.as(tenant).post('/api/messages').send(message).expect(400);
  expect(body).toMatchObject({ code: 'invalid_address' });
});
