/** The platform says that an order was confirmed, and nothing else; what is written follows from what is true. */
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { automate, happen, runsOf, steps, template, whenOver } from '../support/automations.js';
import { change, newCustomer, newEvent, newOrder, newRef, openHost } from '../support/host.js';
import { read, whenEnded } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let automationId: string;
const DEFINITION = {
  trigger: 'order.confirmed',
  steps: [{ send: { templates: ['order-sms', 'order-email'] } }],
};

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'order-sms', {
    channel: 'sms',
    body: 'Order {{ order.id }}: {{ event.name }}, {{ event.date }}',
  });
  await template(app, tenant, 'order-sms.de', {
    channel: 'sms',
    body: 'Bestellung {{ order.id }}: {{ event.date }}, {{ event.time }}',
  });
  await template(app, tenant, 'order-email', {
    channel: 'email',
    subject: 'Order {{ order.id }}',
    text: 'For {{ customer.name }}',
  });
  automationId = (await automate(app, tenant, DEFINITION)).id;
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const lastRun = async (count: number): Promise<Awaited<ReturnType<typeof runsOf>>[number]> => {
  const run = (await whenOver(app, tenant, automationId, count)).at(-1);
  if (!run) throw new Error('there is a run');
  return run;
};
let count = 0;
/** What became of one more order. */
async function confirmed(data: object, more: object = {}): Promise<Awaited<ReturnType<typeof lastRun>>> {
  await happen(app, tenant, 'order.confirmed', data, more);
  return lastRun((count += 1));
}

test('The customer gets a text with what the platform knows of the order and its event', async () => {
  const ana = await newCustomer(app, tenant);
  const eventId = await newEvent(app, tenant, '2027-03-27T20:00');
  const orderId = await newOrder(app, tenant, ana.id, { event_id: eventId });
  const run = await confirmed({ orderId });
  expect(run).toMatchObject({ status: 'done', reason: null, orderId, customerId: ana.id, eventId });
  expect(steps(run)).toEqual(['sent sms']);
  const message = await whenEnded(app, tenant, run.log[0]?.messageId ?? '');
  expect(message).toMatchObject({ status: 'delivered', to: ana.phone, orderId, customerId: ana.id });
  const [taken] = await recordOf(app, ana.phone);
  expect(taken?.body).toBe(`Order ${orderId}: Spring Opening, March 27, 2027`);
});

test('The message names what it is about, so that it is read again, and has the correlation id of the event', async () => {
  const ana = await newCustomer(app, tenant);
  const eventId = await newEvent(app, tenant, '2027-03-27T20:00');
  const orderId = await newOrder(app, tenant, ana.id, { event_id: eventId });
  const run = await confirmed({ orderId }, { correlationId: 'checkout-7' });
  const id = run.log[0]?.messageId ?? '';
  expect(await whenEnded(app, tenant, id)).toMatchObject({ correlationId: 'checkout-7', to: ana.phone });
  await change(app, tenant, 'orders', orderId, { status: 'cancelled' });
  await app.database.query(`update message set status = 'failed' where id = $1`, [id]);
  const { body } = await app.as(tenant).post(`/api/messages/${id}/resend`).expect(202);
  const again = await whenEnded(app, tenant, (body as { id: string }).id);
  expect(again).toMatchObject({ status: 'cancelled', reason: 'order_cancelled', correlationId: 'checkout-7' });
});

test('In the language of the customer, where there is a template for it', async () => {
  const ben = await newCustomer(app, tenant, { language: 'de-AT' });
  const eventId = await newEvent(app, tenant, '2027-03-27T20:00');
  const orderId = await newOrder(app, tenant, ben.id, { event_id: eventId });
  const run = await confirmed({ orderId });
  await whenEnded(app, tenant, run.log[0]?.messageId ?? '');
  expect((await recordOf(app, ben.phone))[0]?.body).toBe(`Bestellung ${orderId}: 27. März 2027, 20:00`);
});

test.each([
  ['cancelled', 'order_cancelled'],
  ['refunded', 'order_refunded'],
])('An order that is %s by now is not confirmed to anybody', async (status, reason) => {
  const ana = await newCustomer(app, tenant);
  const orderId = await newOrder(app, tenant, ana.id, { status });
  const run = await confirmed({ orderId });
  expect(run).toMatchObject({ status: 'stopped', reason });
  expect(await recordOf(app, ana.phone)).toEqual([]);
});

test('An order that the platform does not know ends the run, and is told', async () => {
  expect(await confirmed({ orderId: newRef('order') })).toMatchObject({ status: 'stopped', reason: 'order_unknown' });
});

test('Who prefers email, or has no phone, gets an email', async () => {
  const prefers = await newCustomer(app, tenant, { preferred_channel: 'email' });
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  expect(steps(await confirmed({ orderId: await newOrder(app, tenant, prefers.id, { event_id: event }) }))).toEqual([
    'sent email',
  ]);
  const phoneless = await newCustomer(app, tenant, { phone: null });
  expect(steps(await confirmed({ orderId: await newOrder(app, tenant, phoneless.id, { event_id: event }) }))).toEqual([
    'sent email',
  ]);
});

test('Who said STOP to texts gets an email; who did to both is written to by nobody, and the ledger says so', async () => {
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  const ana = await newCustomer(app, tenant);
  await decide(app, tenant, [ana.phone], 'sms', 'opted_out');
  const run = await confirmed({ orderId: await newOrder(app, tenant, ana.id, { event_id: event }) });
  expect(steps(run)).toEqual(['sent email']);
  await decide(app, tenant, [ana.email], 'email', 'opted_out');
  const second = await confirmed({ orderId: await newOrder(app, tenant, ana.id, { event_id: event }) });
  const message = await whenEnded(app, tenant, second.log[0]?.messageId ?? '');
  expect(message).toMatchObject({ status: 'blocked_opted_out', channel: 'sms' });
});

test('A phone number that is none is passed over, and a person without any address recorded', async () => {
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  const odd = await newCustomer(app, tenant, { phone: 'ask at the desk' });
  expect(steps(await confirmed({ orderId: await newOrder(app, tenant, odd.id, { event_id: event }) }))).toEqual([
    'sent email',
  ]);
  const nobody = await newCustomer(app, tenant, { phone: null, email: null });
  const run = await confirmed({ orderId: await newOrder(app, tenant, nobody.id, { event_id: event }) });
  expect(run.status).toBe('done');
  expect(steps(run)).toEqual(['refused no_address']);
});

test('A text that is undeliverable is followed by the email', async () => {
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  const ana = await newCustomer(app, tenant, { phone: '+15005550009' });
  const run = await confirmed({ orderId: await newOrder(app, tenant, ana.id, { event_id: event }) });
  const first = await whenEnded(app, tenant, run.log[0]?.messageId ?? '');
  expect(first.channel).toBe('sms');
  const follower = await whenFollowed(first.id);
  expect((await whenEnded(app, tenant, follower)).channel).toBe('email');
});

const whenFollowed = (id: string): Promise<string> =>
  until(async () => (await read(app, tenant, id)).followedBy ?? undefined);

test('The event under the name that the old service gives it is the same', async () => {
  const ana = await newCustomer(app, tenant);
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  const OrderId = await newOrder(app, tenant, ana.id, { event_id: event });
  await happen(app, tenant, 'SendOrderConfirmationSms', { OrderId, CustomerId: ana.id });
  expect(steps(await lastRun((count += 1)))).toEqual(['sent sms']);
});

test('Changed contact details are used as they are now', async () => {
  const ana = await newCustomer(app, tenant);
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  const orderId = await newOrder(app, tenant, ana.id, { event_id: event });
  await change(app, tenant, 'customers', ana.id, { phone: '+4915299999999' });
  const run = await confirmed({ orderId });
  expect(await read(app, tenant, run.log[0]?.messageId ?? '')).toMatchObject({ to: '+4915299999999' });
});

test('The same event, posted ten times, starts one run', async () => {
  const ana = await newCustomer(app, tenant);
  const event = await newEvent(app, tenant, '2027-03-27T20:00');
  const orderId = await newOrder(app, tenant, ana.id, { event_id: event });
  const body = { type: 'order.confirmed', id: newRef('evt'), data: { orderId } };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => app.as(tenant).post('/api/events').send(body).expect(202)),
  );
  const receipts = answers.map(({ body: receipt }) => (receipt as { status: string }).status);
  expect(receipts.filter((status) => status === 'accepted')).toHaveLength(1);
  expect(receipts.filter((status) => status === 'duplicate')).toHaveLength(9);
  await lastRun((count += 1));
  expect(await runsOf(app, tenant, automationId)).toHaveLength(count);
});
