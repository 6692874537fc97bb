/** What changes while a run waits: whose the order is, who is on the list, and what cannot be read or reached. */
import type { RunView } from '../../src/automations/runs/runs.dto.js';
import { advance, automate, happen, runsOf, setClock, steps, template, whenWaiting } from '../support/automations.js';
import { change, newAttendee, newCustomer, newEvent, newOrder, openHost } from '../support/host.js';
import { read } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'note', { channel: 'sms', body: '{{ event.name }} {{ event.time }}' });
  await template(app, tenant, 'mail', { channel: 'email', subject: 'Opening', text: 'At 20:00' });
});
afterAll(() => app.close());

const note = { send: { templates: ['note'] } };
const at = async (time: string): Promise<void> => {
  setClock(app, time);
  await advance(app);
};
const only = async (automationId: string): Promise<RunView> => {
  const [run] = await runsOf(app, tenant, automationId);
  if (!run) throw new Error('there is a run');
  return run;
};
let serial = 0;
const newType = (): string => `guest.t${(serial += 1)}`;
const DAY_BEFORE = { waitUntil: { of: 'event.startsAt', offset: '-PT24H' } };

test('A reminder follows an order that is booked to another event', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const type = newType();
  const ana = await newCustomer(app, tenant);
  const first = await newEvent(app, tenant, '2027-06-10T20:00');
  const second = await newEvent(app, tenant, '2027-06-20T20:00');
  const orderId = await newOrder(app, tenant, ana.id, { event_id: first });
  const { id } = await automate(app, tenant, { trigger: type, steps: [DAY_BEFORE, note] });
  await happen(app, tenant, type, { orderId });
  await whenWaiting(app, tenant, id);
  await change(app, tenant, 'orders', orderId, { event_id: second });
  await happen(app, tenant, 'order.updated', { orderId });
  await advance(app);
  expect(await only(id)).toMatchObject({ eventId: second, dueAt: '2027-06-19T18:00:00.000Z' });
});

test('A reminder goes to whom the order belongs to now', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const type = newType();
  const [ana, ben] = [await newCustomer(app, tenant), await newCustomer(app, tenant)];
  const eventId = await newEvent(app, tenant, '2027-06-10T20:00');
  const orderId = await newOrder(app, tenant, ana.id, { event_id: eventId });
  const { id } = await automate(app, tenant, { trigger: type, steps: [DAY_BEFORE, note] });
  await happen(app, tenant, type, { orderId });
  await whenWaiting(app, tenant, id);
  await change(app, tenant, 'orders', orderId, { customer_id: ben.id });
  await happen(app, tenant, 'order.updated', { orderId });
  await at('2027-06-09T18:00:00Z');
  const message = await read(app, tenant, (await only(id)).log.at(-1)?.messageId ?? '');
  expect(message.to).toBe(ben.phone);
});

test('A message that was refused has reached nobody: what follows otherwise follows at once', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const type = newType();
  const ana = await newCustomer(app, tenant, { email: null });
  const orderId = await newOrder(app, tenant, ana.id, { event_id: await newEvent(app, tenant, '2027-06-10T20:00') });
  const { id } = await automate(app, tenant, {
    trigger: type,
    steps: [note, { wait: 'PT1H' }, { send: { templates: ['mail'] } }, { report: { within: 'P2D', else: [note] } }],
  });
  await happen(app, tenant, type, { orderId });
  await advance(app);
  await at('2027-06-01T13:00:00Z');
  expect(steps(await only(id)).slice(-2)).toEqual(['refused no_address', 'sent sms']);
});

/** An event with this many people on its waiting list, and its automation. */
async function list(
  people: number,
  more: object = {},
): Promise<{ type: string; eventId: string; waiting: string[]; id: string }> {
  const type = newType();
  const eventId = await newEvent(app, tenant, '2027-06-30T20:00');
  const waiting: string[] = [];
  for (let count = 0; count < people; count += 1) {
    const attendee = await newAttendee(app, tenant, eventId, (await newCustomer(app, tenant)).id);
    await change(app, tenant, 'attendees', attendee, { status: 'waitlisted' });
    waiting.push(attendee);
  }
  const { id } = await automate(app, tenant, {
    trigger: type,
    to: 'waitlist',
    offerFor: 'PT2H',
    steps: [note],
    ...more,
  });
  return { type, eventId, waiting: waiting.toSorted(), id };
}

test('A holder of an offer whose record cannot be read does not stop the list', async () => {
  setClock(app, '2027-06-01T10:00:00Z');
  const { type, eventId, waiting, id } = await list(2);
  await happen(app, tenant, type, { eventId });
  await advance(app);
  await change(app, tenant, 'attendees', waiting[0] ?? '', { status: '' });
  await at('2027-06-01T12:00:00Z');
  await at('2027-06-01T18:00:00Z');
  const asked = (await runsOf(app, tenant, id)).map(({ attendeeId }) => attendeeId).filter((one) => one !== null);
  expect(asked).toEqual(waiting);
});

test('A place given up by somebody who is named is offered to the list, and not to them', async () => {
  setClock(app, '2027-06-01T10:00:00Z');
  const { type, eventId, waiting, id } = await list(1);
  const left = await newAttendee(app, tenant, eventId, (await newCustomer(app, tenant)).id);
  await change(app, tenant, 'attendees', left, { status: 'cancelled' });
  await happen(app, tenant, type, { eventId, attendeeId: left });
  await advance(app);
  const sent = (await runsOf(app, tenant, id)).filter((run) => steps(run).includes('sent sms'));
  expect(sent.map(({ attendeeId }) => attendeeId)).toEqual(waiting);
});

test('Somebody who attends, and whose record cannot be read, is told of in the log of the run', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const type = newType();
  const eventId = await newEvent(app, tenant, '2027-06-10T20:00');
  const attendeeId = await newAttendee(app, tenant, eventId, (await newCustomer(app, tenant)).id);
  await change(app, tenant, 'attendees', attendeeId, { status: '' });
  const { id } = await automate(app, tenant, { trigger: type, to: 'attendees', steps: [note] });
  await happen(app, tenant, type, { eventId });
  await advance(app);
  expect(JSON.stringify(await runsOf(app, tenant, id))).toContain('unreadable');
});

test('Of two events with one id in one batch the first counts', async () => {
  const events = Array.from({ length: 600 }, (_, place) => ({
    type: `t.n${place}`,
    id: `same-${(place * 7919) % 100}`,
    data: {},
  }));
  const { body } = await app.as(tenant).post('/api/events/batch').send({ events }).expect(202);
  const receipts = (body as { items: { status: string }[] }).items.map(({ status }) => status);
  const seen = new Set<string>();
  const wanted = events.map(({ id }) => (seen.has(id) ? 'duplicate' : (seen.add(id), 'accepted')));
  expect(receipts.filter((status, place) => status !== wanted[place])).toEqual([]);
});

test('Who attends no more, as the platform says now, is not reminded', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const type = newType();
  const eventId = await newEvent(app, tenant, '2027-06-10T20:00');
  const attendeeId = await newAttendee(app, tenant, eventId, (await newCustomer(app, tenant)).id);
  const { id } = await automate(app, tenant, { trigger: type, steps: [DAY_BEFORE, note] });
  await happen(app, tenant, type, { attendeeId });
  await whenWaiting(app, tenant, id);
  await change(app, tenant, 'attendees', attendeeId, { status: 'cancelled' });
  await at('2027-06-09T18:00:00Z');
  expect(steps(await only(id))).not.toContain('sent sms');
});

test('A date that stands for none, 9999-12-31, ends the run as an unknown time', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const type = newType();
  const eventId = await newEvent(app, tenant, '9999-12-31T20:00');
  const orderId = await newOrder(app, tenant, (await newCustomer(app, tenant)).id, { event_id: eventId });
  const after = { waitUntil: { of: 'event.startsAt', offset: 'P1D', at: '11:00' } };
  const { id } = await automate(app, tenant, { trigger: type, steps: [after, note] });
  await happen(app, tenant, type, { orderId });
  await advance(app);
  expect(await only(id)).toMatchObject({ status: 'stopped', reason: 'event_time_unknown' });
});
