/** A place is free: it is offered to one person after another on the waiting list, to nobody twice at once. */
import { advance, automate, happen, runsOf, setClock, steps, template } from '../support/automations.js';
import { change, newAttendee, newCustomer, newEvent, openHost } from '../support/host.js';
import { read } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'offer', {
    channel: 'sms',
    body: 'A place at {{ event.name }} is yours until {{ offer.time }}',
  });
});
afterAll(() => app.close());

const at = async (time: string): Promise<void> => {
  setClock(app, time);
  await advance(app);
};

/** An event with this many people on its waiting list, in order, and its automation. */
async function list(people: number): Promise<{ eventId: string; waiting: string[]; automationId: string }> {
  const eventId = await newEvent(app, tenant, '2027-06-30T20:00');
  const waiting: string[] = [];
  for (let count = 0; count < people; count += 1) {
    const { id } = await newCustomer(app, tenant);
    const attendee = await newAttendee(app, tenant, eventId, id);
    await change(app, tenant, 'attendees', attendee, { status: 'waitlisted' });
    waiting.push(attendee);
  }
  const { id: automationId } = await automate(app, tenant, {
    trigger: 'waitlist.opened',
    to: 'waitlist',
    offerFor: 'PT2H',
    steps: [{ send: { templates: ['offer'] } }],
  });
  return { eventId, waiting: waiting.toSorted(), automationId };
}
const offers = async (automationId: string): Promise<RunView[]> =>
  (await runsOf(app, tenant, automationId)).filter(({ attendeeId }) => attendeeId !== null);
const offered = async (automationId: string): Promise<(string | null)[]> =>
  (await offers(automationId)).map(({ attendeeId }) => attendeeId);
const whole = async (automationId: string): Promise<RunView | undefined> =>
  (await runsOf(app, tenant, automationId)).find(({ attendeeId }) => attendeeId === null);

async function off(automationId: string): Promise<void> {
  await app.as(tenant).patch(`/api/automations/${automationId}`).send({ enabled: false }).expect(200);
}

test('The next in line is asked once the offer to the one before has lapsed, until somebody takes it', async () => {
  setClock(app, '2027-06-01T10:00:00Z');
  const { eventId, waiting, automationId } = await list(3);
  await happen(app, tenant, 'waitlist.opened', { eventId });
  await advance(app);
  expect(await offered(automationId)).toEqual(waiting.slice(0, 1));
  const [first] = await offers(automationId);
  const message = await read(app, tenant, first?.log[0]?.messageId ?? '');
  expect(message.expiresAt).toBe('2027-06-01T12:00:00.000Z');
  await happen(app, tenant, 'event.rescheduled', { eventId }); // it is looked at before its time
  await at('2027-06-01T11:59:59Z');
  expect(await offered(automationId)).toHaveLength(1);
  await at('2027-06-01T12:00:00Z');
  expect(await offered(automationId)).toEqual(waiting.slice(0, 2));
  await change(app, tenant, 'attendees', waiting[1] ?? '', { status: 'registered' });
  await at('2027-06-01T14:00:00Z');
  expect(await offered(automationId)).toHaveLength(2);
  expect(await whole(automationId)).toMatchObject({ status: 'done', reason: 'offer_taken' });
  await off(automationId);
});

test('Who has left the list is passed over at once, and at its end the run is over', async () => {
  setClock(app, '2027-06-02T10:00:00Z');
  const { eventId, waiting, automationId } = await list(2);
  await happen(app, tenant, 'waitlist.opened', { eventId });
  await advance(app);
  await change(app, tenant, 'attendees', waiting[0] ?? '', { status: 'cancelled' });
  await happen(app, tenant, 'waitlist.left', { eventId });
  await advance(app);
  expect(await offered(automationId)).toEqual(waiting);
  await at('2027-06-02T12:00:00Z');
  expect(await whole(automationId)).toMatchObject({ status: 'done', reason: null });
  await off(automationId);
});

test('Two places are offered to two people', async () => {
  setClock(app, '2027-06-03T10:00:00Z');
  const { eventId, waiting, automationId } = await list(3);
  await Promise.all([1, 2].map(() => happen(app, tenant, 'waitlist.opened', { eventId })));
  await advance(app);
  expect(new Set(await offered(automationId))).toEqual(new Set(waiting.slice(0, 2)));
  expect((await offers(automationId)).map(steps)).toEqual([['sent sms'], ['sent sms']]);
  await off(automationId);
});

test('A waiting list needs to know how long an offer stands', async () => {
  const definition = { trigger: 'waitlist.opened', to: 'waitlist', steps: [{ send: { templates: ['offer'] } }] };
  const { body } = await app
    .as(tenant)
    .post('/api/automations')
    .send({ key: 'endless', name: 'Endless', definition })
    .expect(422);
  expect(body).toMatchObject({ code: 'invalid_automation', errors: [{ path: 'definition.offerFor' }] });
});
