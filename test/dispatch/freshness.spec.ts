/** A message that names an order, a customer or an event says what is true of them when it is sent, and to where the person is then. */
import { v7 as uuidv7 } from 'uuid';
import { until } from '../../harness/until.js';
import { ConsentGate } from '../../src/consent/index.js';
import { Ledger } from '../../src/ledger/index.js';
import { template } from '../support/automations.js';
import { consentOf } from '../support/consent.js';
import { change, newAttendee, newCustomer, newEvent, newOrder, openHost, type Person } from '../support/host.js';
import { due, farOff, list, read, send, sendAll, text, whenEnded } from '../support/messages.js';
import { newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { faults, receive, recordOf, timesTaken } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

const NUMBER = newSenderNumber();
const BERLIN = '2027-03-27T20:00';

let app: TestApp;
let tenant: Tenant;
let ana: Person;
let eventId: string;
let orderId: string;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await speaker(NUMBER);
});
beforeEach(async () => {
  ana = await newCustomer(app, tenant);
  eventId = await newEvent(app, tenant, BERLIN);
  orderId = await newOrder(app, tenant, ana.id, { event_id: eventId });
});
afterEach(() => faults(app, {}));
afterAll(() => app.close());

/** A tenant with a number, templates and the sample's data. */
async function speaker(address: string): Promise<Tenant> {
  const owner = await app.tenant();
  await openHost(app, owner);
  await newSender(app, owner, { channel: 'sms', address });
  await template(app, owner, 'ticket', {
    channel: 'sms',
    body: '{{ order.id }}: {{ event.name }}, {{ event.date }} {{ event.time }}{{ note }}',
  });
  await template(app, owner, 'ticket-mail', {
    channel: 'email',
    subject: 'Order {{ order.id }}',
    text: 'For {{ customer.name }}',
  });
  return owner;
}

/** A text about the order, to whoever ordered. */
const ticket = (more: object = {}): object => ({
  channel: 'sms',
  template: { key: 'ticket', data: { note: '' } },
  hostData: { orderId },
  ...more,
});
const waiting = (more: object = {}): object => ticket({ sendAt: farOff(), ...more });
/** What became of a waiting message once its time had come. */
async function outcome(id: string): ReturnType<typeof whenEnded> {
  await due(app, [id]);
  return whenEnded(app, tenant, id);
}
const bodiesTo = async (to: string): Promise<(string | undefined)[]> =>
  (await recordOf(app, to)).map(({ body }) => body);
const kindsOf = ({ events }: { events: readonly { kind: string }[] }): string[] => events.map(({ kind }) => kind);

test('a message without an address goes to the customer of its order, with what the platform knows', async () => {
  const message = await whenEnded(app, tenant, await send(app, tenant, ticket()));
  expect(message).toMatchObject({ status: 'delivered', to: ana.phone, orderId });
  expect(await bodiesTo(ana.phone)).toEqual([`${orderId}: Spring Opening, March 27, 2027 8:00 PM`]);
  expect(kindsOf(message)).not.toContain('readdressed');
});

test('the message’s own data count before the platform’s, field by field', async () => {
  const data = { note: '!', event: { name: 'Yours', date: 'today', time: '' } };
  await whenEnded(app, tenant, await send(app, tenant, ticket({ template: { key: 'ticket', data } })));
  expect(await bodiesTo(ana.phone)).toEqual([`${orderId}: Yours, today !`]);
});

test('each message of a batch is about its own, and one that is refused hinders no other', async () => {
  const ben = await newCustomer(app, tenant);
  const attendeeId = await newAttendee(app, tenant, eventId, ben.id);
  const messages = [ticket(), ticket({ hostData: { orderId: 'none' } }), ticket({ hostData: { orderId, attendeeId } })];
  const { body } = await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = body as { items: { id?: string; error?: object }[] };
  expect(items[1]?.error).toMatchObject({
    status: 422,
    code: 'host_record_unknown',
    errors: [{ path: 'hostData.orderId' }],
  });
  await whenEnded(app, tenant, items[0]?.id ?? '');
  await whenEnded(app, tenant, items[2]?.id ?? '');
  expect(await bodiesTo(ana.phone)).toHaveLength(1);
  expect(await bodiesTo(ben.phone)).toHaveLength(1);
});

test.each<[string, Record<string, unknown>]>([
  ['order_cancelled', { status: 'cancelled' }],
  ['order_refunded', { status: 'refunded' }],
])('a waiting message ends as %s if its order is so when its turn comes, unless it allows that', async (reason, so) => {
  const id = await send(app, tenant, waiting());
  const allowed = await send(app, tenant, waiting({ hostData: { orderId, allow: [reason] } }));
  await change(app, tenant, 'orders', orderId, so);
  expect(await outcome(id)).toMatchObject({
    status: 'cancelled',
    reason,
    explanation: expect.stringContaining('order'),
  });
  expect(await outcome(allowed)).toMatchObject({ status: 'delivered' });
  expect(await timesTaken(app, [id])).toEqual([0]);
  expect((await list(app, tenant, { orderId, status: 'cancelled' })).items).toMatchObject([{ id, reason }]);
});

test.each<[string, string, () => string]>([
  ['order_unknown', 'orders', () => orderId],
  ['customer_unknown', 'customers', () => ana.id],
  ['event_unknown', 'events', () => eventId],
])('a waiting message ends as %s if the platform has deleted that meanwhile', async (reason, table, idOf) => {
  const id = await send(app, tenant, waiting());
  await app.database.query(`delete from sample_host.${table} where tenant_id = $1 and id = $2`, [tenant.id, idOf()]);
  expect(await outcome(id)).toMatchObject({ status: 'cancelled', reason });
});

test('a message about an event that has moved says the new time, or is not sent if it was planned for the old one', async () => {
  const startsAt = '2027-03-27T19:00:00Z';
  const told = await send(app, tenant, waiting());
  const planned = await send(app, tenant, waiting({ hostData: { orderId, startsAt } }));
  await change(app, tenant, 'events', eventId, { starts_at: '2027-04-02T21:30', status: 'rescheduled' });
  expect(await outcome(planned)).toMatchObject({ status: 'cancelled', reason: 'event_moved' });
  await outcome(told);
  expect(await bodiesTo(ana.phone)).toEqual([`${orderId}: Spring Opening, April 2, 2027 9:30 PM`]);
  const { body } = await app.as(tenant).get(`/api/messages/${told}/content`).expect(200);
  expect(body).toMatchObject({ content: { body: `${orderId}: Spring Opening, April 2, 2027 9:30 PM` } });
});

test('a message for whoever is on a list is not sent to who is there no more when its turn comes, and is refused from then on', async () => {
  const attendeeId = await newAttendee(app, tenant, eventId, ana.id);
  await change(app, tenant, 'attendees', attendeeId, { status: 'waitlisted' });
  const meant = { hostData: { orderId, attendeeId, attendeeStatus: 'waitlisted' } };
  const [stays, leaves] = [await send(app, tenant, waiting(meant)), await send(app, tenant, waiting(meant))];
  expect(await outcome(stays)).toMatchObject({ status: 'delivered' });
  await change(app, tenant, 'attendees', attendeeId, { status: 'registered' });
  expect(await outcome(leaves)).toMatchObject({ status: 'cancelled', reason: 'attendee_status_changed' });
  const late = await app.as(tenant).post('/api/messages').send(ticket(meant)).expect(422);
  expect(late.body).toMatchObject({ code: 'not_true_now', errors: [{ path: 'hostData.attendeeStatus' }] });
});

test('a cancelled event silences what is about it', async () => {
  const id = await send(app, tenant, waiting());
  await change(app, tenant, 'events', eventId, { status: 'cancelled' });
  expect(await outcome(id)).toMatchObject({ status: 'cancelled', reason: 'event_cancelled' });
});

test('a changed address is the one that is used, and the timeline says so without naming it', async () => {
  const id = await send(app, tenant, waiting());
  const phone = newNumber();
  await change(app, tenant, 'customers', ana.id, { phone });
  const message = await outcome(id);
  expect(message).toMatchObject({ status: 'delivered', to: phone });
  expect(kindsOf(message)).toEqual(['scheduled', 'readdressed', 'sent', 'delivered']);
  expect(JSON.stringify(message.events)).not.toContain(phone);
  expect(await bodiesTo(ana.phone)).toEqual([]);
  expect((await list(app, tenant, { to: phone })).items).toMatchObject([{ id }]);
});

test('an address that the caller has named stays, whatever the platform has', async () => {
  const to = newNumber();
  expect(await outcome(await send(app, tenant, waiting({ to })))).toMatchObject({ status: 'delivered', to });
});

test('consent is asked of the new address', async () => {
  const id = await send(app, tenant, waiting());
  const phone = newNumber();
  await receive(app, { from: phone, to: NUMBER, body: 'STOP' });
  await change(app, tenant, 'customers', ana.id, { phone });
  expect(await outcome(id)).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out', to: phone });
  const away = await send(app, tenant, waiting());
  await change(app, tenant, 'customers', ana.id, { phone: ana.phone });
  expect(await outcome(away)).toMatchObject({ status: 'delivered', to: ana.phone });
});

test('the ledger has a new address before consent is asked of it: there a STOP looks for messages in flight', async () => {
  const gate = app.nest.get(ConsentGate);
  const check = gate.check.bind(gate);
  const pairs: { asked: string; known: string | undefined }[] = [];
  gate.check = async (candidates) => {
    for (const { messageId, recipient } of candidates) {
      const sql = `select recipient from message where id = $1`;
      const [row] = await app.database.query<{ recipient: string }>(sql, [messageId]);
      pairs.push({ asked: recipient, known: row?.recipient });
    }
    return check(candidates);
  };
  try {
    const id = await send(app, tenant, waiting());
    const phone = newNumber();
    await change(app, tenant, 'customers', ana.id, { phone });
    await outcome(id);
    expect(pairs).toEqual([{ asked: phone, known: phone }]);
  } finally {
    gate.check = check;
  }
});

test('a STOP from the new address is answered once the call to it is over, and nothing follows', async () => {
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: 40 }, () => waiting()),
  );
  const phone = newNumber();
  await change(app, tenant, 'customers', ana.id, { phone });
  await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 500, max: 2_000 } }] });
  await due(app, ids);
  await until(async () => (await list(app, tenant, { to: phone, status: 'sending' })).items.length > 0);
  expect(await postTwilio(app, inboundForm(phone, NUMBER, 'Stop'))).toBe(200); // not by the sandbox, which would block it too
  const before = (await recordOf(app, phone)).length;
  expect((await list(app, tenant, { to: phone, status: 'sending' })).items).toEqual([]);
  for (const id of ids) await whenEnded(app, tenant, id);
  expect((await recordOf(app, phone)).length).toBe(before);
  expect((await consentOf(app, tenant, tenant.defaultVenueId, phone)).status).toBe('opted_out');
});

test('who has lost the address is reached by the fallback, at where the person is now', async () => {
  const fallback = [{ channel: 'email', template: { key: 'ticket-mail' } }];
  const id = await send(app, tenant, waiting({ fallback }));
  const mailbox = newMailbox();
  await change(app, tenant, 'customers', ana.id, { phone: null, email: mailbox });
  expect(await outcome(id)).toMatchObject({ status: 'failed', reason: 'no_address', fallback: ['email'] });
  const next = await until(async () => (await read(app, tenant, id)).followedBy ?? undefined);
  expect(await whenEnded(app, tenant, next)).toMatchObject({ status: 'delivered', channel: 'email', to: mailbox });
  expect(await recordOf(app, mailbox)).toMatchObject([{ subject: `Order ${orderId}` }]);
});

test('a message sent again is about the same, and is not sent if that is not so any more', async () => {
  const id = await send(app, tenant, waiting());
  await change(app, tenant, 'orders', orderId, { status: 'cancelled' });
  await outcome(id);
  const { body } = await app.as(tenant).post(`/api/messages/${id}/resend`).expect(202);
  const again = (body as { id: string }).id;
  expect(await whenEnded(app, tenant, again)).toMatchObject({ status: 'cancelled', reason: 'order_cancelled' });
  await change(app, tenant, 'orders', orderId, { status: 'confirmed' });
  const third = (await app.as(tenant).post(`/api/messages/${again}/resend`).expect(202)).body as { id: string };
  expect(await whenEnded(app, tenant, third.id)).toMatchObject({ status: 'delivered', to: ana.phone });
});

test('while the platform does not answer its messages wait, others go on, and no lane stands still', async () => {
  const owner = await speaker(newSenderNumber());
  const ben = await newCustomer(app, owner);
  const about = { hostData: { customerId: ben.id }, content: { body: 'See you' }, sendAt: farOff() };
  const messages = Array.from({ length: 150 }, () => ({ channel: 'sms', ...about }));
  const ids = await sendAll(app, owner, messages);
  const expiring = await send(app, owner, { channel: 'sms', ...about, expiresAt: new Date(Date.now() + 3_601_000) });
  await app.database.query(`alter table sample_host.customers rename to customers_away`);
  try {
    await due(app, [...ids, expiring]);
    await app.database.query(`update message set expires_at = now() + interval '1 second' where id = $1`, [expiring]);
    const others = await sendAll(app, owner, [text(), text()]);
    for (const id of others) expect(await whenEnded(app, owner, id)).toMatchObject({ status: 'delivered' });
    const ended = await whenEnded(app, owner, expiring);
    expect(ended).toMatchObject({ status: 'expired', reason: 'expired' });
    await until(async () => (await attempts(ids)).every(({ attempts: made }) => made > 0));
    for (const { waits, inMs, attempts: made } of await attempts(ids)) {
      expect(waits).toBe('host_data_unavailable');
      expect(inMs).toBeGreaterThan(2_000 * 2 ** (made - 1)); // backoff, and no hot loop
    }
    const refused = await app
      .as(owner)
      .post('/api/messages')
      .send({ channel: 'sms', ...about })
      .expect(503);
    expect(refused.body).toMatchObject({ code: 'host_data_unavailable' });
    expect(refused.headers['retry-after']).toBe('5');
  } finally {
    await app.database.query(`alter table sample_host.customers_away rename to customers`);
  }
  for (const id of ids) await whenEnded(app, owner, id);
  expect((await timesTaken(app, ids)).every((times) => times === 1)).toBe(true);
});

/** How often each was claimed, and what it now waits for: for how long in all. */
const attempts = (ids: readonly string[]): Promise<{ attempts: number; waits: string; inMs: number }[]> =>
  app.database.query(
    `select attempts, waits_for as waits, (extract(epoch from ready_at - first_attempt_at) * 1000)::float8 as "inMs"
     from pending join message on id = message_id where id = any($1::uuid[])`,
    [ids],
  );

test('a drain that has lost a message changes neither its address nor its data', async () => {
  const id = await send(app, tenant, waiting());
  const mine = { id, recipient: newNumber(), hostData: {} };
  const ledger = app.nest.get(Ledger);
  expect(await ledger.refresh([{ ...mine, attempt: 2 }])).toEqual(new Set());
  expect(await read(app, tenant, id)).toMatchObject({ to: ana.phone });
  expect(
    await ledger.refresh([
      { ...mine, attempt: 1 },
      { ...mine, id: uuidv7(), attempt: 1 },
    ]),
  ).toEqual(new Set([id]));
  expect(await read(app, tenant, id)).toMatchObject({ to: mine.recipient });
});

test.each<[string, () => object, number, string, string | undefined]>([
  ['no address and nothing to derive it from', () => ({ hostData: undefined }), 400, 'invalid_request', 'to'],
  ['only an event', () => ({ hostData: { eventId } }), 400, 'invalid_request', 'to'],
  ['nothing in hostData', () => ({ hostData: {} }), 400, 'invalid_request', 'hostData'],
  ['another address alone', () => ({ alternateTo: newMailbox() }), 400, 'invalid_request', 'alternateTo'],
  [
    'a time without an event',
    () => ({ hostData: { customerId: ana.id, startsAt: '2027-03-27T19:00:00Z' } }),
    400,
    'invalid_request',
    'hostData.startsAt',
  ],
  [
    'a status without an attendee',
    () => ({ hostData: { orderId, attendeeStatus: 'waitlisted' } }),
    400,
    'invalid_request',
    'hostData.attendeeStatus',
  ],
  [
    'another time than the event’s',
    () => ({ hostData: { orderId, startsAt: '2027-03-27T20:00:00Z' } }),
    422,
    'not_true_now',
    'hostData.startsAt',
  ],
  [
    'an unknown customer',
    () => ({ hostData: { customerId: 'none' } }),
    422,
    'host_record_unknown',
    'hostData.customerId',
  ],
  [
    'somebody else’s order',
    () => ({ hostData: { orderId: 'order-0' } }),
    422,
    'host_record_unknown',
    'hostData.orderId',
  ],
  [
    'an unknown word to allow',
    () => ({ hostData: { orderId, allow: ['anything'] } }),
    400,
    'invalid_request',
    'hostData.allow',
  ],
])('a message with %s is refused, and the field is named', async (_, more, status, code, path) => {
  const { body } = await app.as(tenant).post('/api/messages').send(ticket(more())).expect(status);
  expect(body).toMatchObject({ code, errors: [{ path }] });
});

test('who has no address on the channel is refused at once, as is a fallback to where nobody is', async () => {
  const { id } = await newCustomer(app, tenant, { phone: 'ask at the desk', email: null });
  const none = await app
    .as(tenant)
    .post('/api/messages')
    .send(ticket({ hostData: { orderId, customerId: id } }))
    .expect(422);
  expect(none.body).toMatchObject({ code: 'no_address', errors: [{ path: 'channel' }] });
  await change(app, tenant, 'customers', id, { phone: newNumber() });
  const fallback = [{ channel: 'email', template: { key: 'ticket-mail' } }];
  const input = ticket({ hostData: { orderId, customerId: id }, fallback });
  const step = await app.as(tenant).post('/api/messages').send(input).expect(422);
  expect(step.body).toMatchObject({ code: 'no_address', errors: [{ path: 'fallback[0].channel' }] });
});

test('a correlation id stays with a message, its fallback and what is sent again, and finds them', async () => {
  const correlationId = 'checkout:7f/2';
  const fallback = [{ channel: 'email', template: { key: 'ticket-mail' } }];
  const id = await send(app, tenant, waiting({ correlationId, fallback }));
  await change(app, tenant, 'customers', ana.id, { phone: null });
  await outcome(id);
  const next = await until(async () => (await read(app, tenant, id)).followedBy ?? undefined);
  const lone = await send(
    app,
    tenant,
    waiting({
      correlationId,
      hostData: { customerId: ana.id, orderId },
      channel: 'email',
      template: { key: 'ticket-mail' },
    }),
  );
  await change(app, tenant, 'orders', orderId, { status: 'cancelled' });
  await outcome(lone);
  const { body } = await app.as(tenant).post(`/api/messages/${lone}/resend`).expect(202);
  const again = (body as { id: string }).id;
  const { items } = await list(app, tenant, { correlationId });
  expect(items.map((message) => message.id)).toEqual([again, lone, next, id]);
  expect(items.every((message) => message.correlationId === correlationId)).toBe(true);
});

test('the header names the correlation id of those that name none', async () => {
  const messages = [text(), text({ correlationId: 'own' })];
  const request = app.as(tenant).post('/api/messages/batch').set('X-Correlation-Id', 'header-1');
  const { items } = (await request.send({ messages }).expect(202)).body as { items: { id: string }[] };
  const ids = await Promise.all(items.map(async ({ id }) => (await read(app, tenant, id)).correlationId));
  expect(ids).toEqual(['header-1', 'own']);
  const odd = app.as(tenant).post('/api/messages').set('X-Correlation-Id', 'a b');
  expect((await odd.send(text()).expect(400)).body).toMatchObject({ errors: [{ path: 'X-Correlation-Id' }] });
});
