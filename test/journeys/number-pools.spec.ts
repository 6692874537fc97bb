/** Messaging Services of Twilio as senders: a pool of numbers that speaks for one venue. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { consentOf } from '../support/consent.js';
import { send, text, whenStatus } from '../support/messages.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

const POOL = `MG${'a1'.repeat(16)}`;

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  venueId = await newVenue(app, tenant);
  for (const channel of ['sms', 'mms']) await newSender(app, tenant, { venueId, channel, address: POOL });
});
afterAll(() => app.close());

const hears = (from: string, to: string, body: string): Promise<number> =>
  postTwilio(app, { ...inboundForm(from, to, body), MessagingServiceSid: POOL });

test('a text goes out through the service, which chooses the number', async () => {
  const to = newNumber();
  const id = await send(app, tenant, text({ venueId, to }));
  expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ from: POOL, channel: 'sms' });
  expect(await recordOf(app, to)).toMatchObject([{ from: POOL }]);
});

test('pictures go where a number of North America can bring them', async () => {
  const to = '+12125550177';
  const content = { body: 'Map', mediaUrls: ['https://files.example.com/map.png'] };
  const id = await send(app, tenant, { channel: 'mms', to, venueId, content });
  expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ from: POOL, channel: 'mms' });
});

test('a STOP to any of its numbers is one to the venue, and START lifts it at any other', async () => {
  const [person, one, other] = [newNumber(), newSenderNumber(), newSenderNumber()];
  expect(await hears(person, one, 'STOP')).toBe(200);
  expect((await consentOf(app, tenant, venueId, person)).status).toBe('opted_out');
  expect(await hears(person, other, 'START')).toBe(200);
  expect((await consentOf(app, tenant, venueId, person)).status).not.toBe('opted_out');
});

test('a number in a service that is no sender here stays the number', async () => {
  const [person, number] = [newNumber(), newSenderNumber()];
  const hall = await newVenue(app, tenant);
  await newSender(app, tenant, { venueId: hall, channel: 'sms', address: number });
  const fields = { ...inboundForm(person, number, 'STOP'), MessagingServiceSid: `MG${'b2'.repeat(16)}` };
  expect(await postTwilio(app, fields)).toBe(200);
  expect((await consentOf(app, tenant, hall, person)).status).toBe('opted_out');
});

test.each([
  ['voice', 'twilio'],
  ['sms', 'plivo'],
])('no service calls, nor is one at another provider: %s at %s', async (channel, provider) => {
  const { body } = await app
    .as(tenant)
    .post('/api/senders')
    .send({ venueId, channel, address: POOL, ...(provider === 'plivo' && { provider }) })
    .expect(400);
  expect(body).toMatchObject({ code: 'invalid_address' });
});
