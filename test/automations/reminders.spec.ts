/** Runs that wait: for a time relative to the event on its own clocks, and what happens when the event moves. */
import { until } from '../../harness/until.js';
import {
  advance,
  automate,
  happen,
  runsOf,
  setClock,
  steps,
  template,
  whenOver,
  whenWaiting,
} from '../support/automations.js';
import { change, newAttendee, newCustomer, newEvent, newOrder, openHost } from '../support/host.js';
import { read, whenEnded } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { faults } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'America/New_York' });
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'reminder', { channel: 'sms', body: '{{ event.name }} begins at {{ event.time }}' });
  await template(app, tenant, 'notice', { channel: 'sms', body: '{{ event.name }} is cancelled' });
  await template(app, tenant, 'thanks', { channel: 'sms', body: 'How was it?' });
});
afterEach(() => faults(app, {}));
afterAll(() => app.close());

const reminder = { send: { templates: ['reminder'] } };
const before = (offset: string, more: object = {}): object => ({
  waitUntil: { of: 'event.startsAt', offset: `-${offset}`, ...more },
});

/** One order for an event of one automation, at this time of the test's clock. */
async function begin(
  at: string,
  definition: object,
  event: { startsAt: string; more?: object },
  person: object = {},
): Promise<{
  automationId: string;
  eventId: string;
  orderId: string;
}> {
  setClock(app, at);
  const customer = await newCustomer(app, tenant, person as Record<string, unknown>);
  const eventId = await newEvent(app, tenant, event.startsAt, event.more as Record<string, unknown>);
  const orderId = await newOrder(app, tenant, customer.id, { event_id: eventId });
  const { id: automationId } = await automate(app, tenant, { trigger: 'order.reminded', ...definition });
  await happen(app, tenant, 'order.reminded', { orderId });
  await advance(app);
  await app.as(tenant).patch(`/api/automations/${automationId}`).send({ enabled: false });
  return { automationId, eventId, orderId };
}
const theRun = async (automationId: string): Promise<RunView> => {
  const [run] = await runsOf(app, tenant, automationId);
  if (!run) throw new Error('there is a run');
  return run;
};
const at = async (time: string, automationId: string): Promise<string[]> => {
  setClock(app, time);
  await advance(app);
  return steps(await theRun(automationId));
};

test('A reminder goes out a day before, at the hour of the event’s own clocks, over the change to summer time', async () => {
  const { automationId } = await begin(
    '2027-03-20T12:00:00Z',
    { steps: [before('P1D'), reminder] },
    { startsAt: '2027-03-28T20:00' },
  );
  const run = await whenWaiting(app, tenant, automationId);
  // The clocks of Berlin go forward in the night before: 20:00 is 18:00Z on the 28th, and 19:00Z on the 27th.
  expect(run.dueAt).toBe('2027-03-27T19:00:00.000Z');
  expect(await at('2027-03-27T18:59:59Z', automationId)).toEqual(['waits 2027-03-27T19:00:00.000Z']);
  expect(await at('2027-03-27T19:00:00Z', automationId)).toEqual(['waits 2027-03-27T19:00:00.000Z', 'sent sms']);
});

test('Twenty-four hours are twenty-four hours', async () => {
  const { automationId } = await begin(
    '2027-03-20T12:00:00Z',
    { steps: [before('PT24H'), reminder] },
    { startsAt: '2027-03-28T20:00' },
  );
  expect((await whenWaiting(app, tenant, automationId)).dueAt).toBe('2027-03-27T18:00:00.000Z');
});

test('A time of day is that of the day which the offset leads to', async () => {
  const { automationId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [before('P2D', { at: '10:00' }), reminder] },
    { startsAt: '2027-06-10T20:00', more: { timezone: 'America/New_York' } },
  );
  expect((await whenWaiting(app, tenant, automationId)).dueAt).toBe('2027-06-08T14:00:00.000Z');
});

test('An event that moves takes its waiting reminders along, earlier and later', async () => {
  const { automationId, eventId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [before('PT24H'), reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  await change(app, tenant, 'events', eventId, { starts_at: '2027-06-05T20:00', status: 'rescheduled' });
  await happen(app, tenant, 'event.rescheduled', { eventId });
  await advance(app);
  expect((await theRun(automationId)).dueAt).toBe('2027-06-04T18:00:00.000Z');
  // Nobody says that it moves again: it is seen when the time has come.
  await change(app, tenant, 'events', eventId, { starts_at: '2027-06-20T20:00' });
  await at('2027-06-04T18:00:00Z', automationId);
  expect((await theRun(automationId)).dueAt).toBe('2027-06-19T18:00:00.000Z');
  expect((await at('2027-06-19T18:00:00Z', automationId)).at(-1)).toBe('sent sms');
});

test('An event that is cancelled ends its reminders', async () => {
  const { automationId, eventId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [before('PT24H'), reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  await change(app, tenant, 'events', eventId, { status: 'cancelled' });
  await happen(app, tenant, 'event.cancelled', { eventId });
  const [run] = await whenOver(app, tenant, automationId);
  expect(run).toMatchObject({ status: 'stopped', reason: 'event_cancelled' });
});

test('A rule may end it at an event of the same order, and not at that of another', async () => {
  const { automationId, orderId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [before('PT24H'), reminder], stopOn: ['order.returned'] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  await happen(app, tenant, 'order.returned', { orderId: 'another' });
  await advance(app);
  expect((await theRun(automationId)).status).toBe('waiting');
  await happen(app, tenant, 'order.returned', { orderId });
  const [run] = await whenOver(app, tenant, automationId);
  expect(run).toMatchObject({ status: 'stopped', reason: 'event order.returned' });
});

test('A reminder whose time was past when the order came is left out, and the next one follows', async () => {
  const { automationId } = await begin(
    '2027-06-10T13:00:00Z',
    { steps: [before('PT24H'), reminder, before('PT2H'), reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  expect(steps(await theRun(automationId))).toEqual(['skipped too_late', 'waits 2027-06-10T16:00:00.000Z']);
  expect((await at('2027-06-10T16:00:00Z', automationId)).at(-1)).toBe('sent sms');
});

test('A reminder is never sent after the event began, whenever a worker gets to it', async () => {
  const { automationId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [before('PT2H', { within: 'P1D' }), reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  expect((await at('2027-06-10T18:00:00Z', automationId)).at(-1)).toBe('skipped too_late');
  expect(await theRun(automationId)).toMatchObject({ status: 'done' });
});

test('Its message is not sent if the event is moved to a time that is past while it waits for its lane', async () => {
  const { automationId, eventId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [before('PT2H'), reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] });
  await at('2027-06-10T16:00:00Z', automationId);
  const [{ messageId = '' } = {}] = (await theRun(automationId)).log.slice(-1);
  await until(async () => (await read(app, tenant, messageId)).events.some(({ kind }) => kind === 'deferred'));
  await change(app, tenant, 'events', eventId, { starts_at: '2026-01-01T20:00', status: 'rescheduled' });
  await faults(app, {});
  await app.database.query(`update pending set ready_at = now() where message_id = $1`, [messageId]);
  await app.database.query(`update lane set rest_until = now() where rest_until > now()`);
  expect(await whenEnded(app, tenant, messageId)).toMatchObject({ status: 'expired', reason: 'event_started' });
  expect((await theRun(automationId)).log.at(-1)).toMatchObject({
    what: 'sent',
    messageId,
    status: 'expired',
    reason: 'event_started',
  });
});

test('What follows a branch is of use as long as the way that was taken says, also after it has waited', async () => {
  const isVip = { field: 'customer.vip', is: 'equal', value: true };
  const { automationId, eventId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [{ branch: { if: [isVip], do: [before('PT2H')], else: [before('P1D')] } }, { wait: 'PT90M' }, reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  await at('2027-06-09T18:00:00Z', automationId);
  await change(app, tenant, 'events', eventId, { starts_at: '2027-06-09T21:00' }); // 19:00Z, and nobody tells of it
  expect((await at('2027-06-09T19:30:00Z', automationId)).at(-1)).toBe('skipped too_late');
});

test.each([
  ['wait', ['waits 2027-06-10T12:00:00.000Z', 'sent sms']],
  ['drop', ['skipped quiet_hours']],
])('In the quiet hours of the recipient a message will %s', async (messages, expected) => {
  const quietHours = { from: '21:00', to: '08:00', messages };
  const { automationId } = await begin(
    '2027-06-10T10:00:00Z', // six in the morning in New York, noon in Berlin
    { steps: [reminder], quietHours },
    { startsAt: '2027-06-30T20:00' },
    { timezone: 'America/New_York' },
  );
  await advance(app);
  expect(await at('2027-06-10T12:00:00Z', automationId)).toEqual(expected);
});

test('One for everybody who attends is divided into a run for each', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const eventId = await newEvent(app, tenant, '2027-06-10T20:00', { status: 'cancelled' });
  const people = await Promise.all([1, 2, 3].map(() => newCustomer(app, tenant)));
  for (const { id } of people) await newAttendee(app, tenant, eventId, id);
  const { id } = await automate(app, tenant, {
    trigger: 'event.called_off',
    to: 'attendees',
    allow: ['event_cancelled'],
    steps: [{ send: { templates: ['notice'] } }],
  });
  await happen(app, tenant, 'event.called_off', { eventId });
  const runs = await whenOver(app, tenant, id, 4);
  expect(runs.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
  const sent = runs.filter((run) => steps(run).includes('sent sms'));
  expect(new Set(sent.map(({ customerId }) => customerId))).toEqual(new Set(people.map((person) => person.id)));
});

test('A step may depend on what became of the message before it', async () => {
  const definition = {
    steps: [
      reminder,
      {
        report: {
          within: 'PT2H',
          do: [{ send: { templates: ['thanks'] } }],
          else: [{ send: { templates: ['notice'] } }],
        },
      },
    ],
  };
  const reached = await begin('2027-06-01T12:00:00Z', definition, { startsAt: '2027-06-10T20:00' });
  const [run] = await whenOver(app, tenant, reached.automationId);
  const second = await read(app, tenant, run?.log.at(-1)?.messageId ?? '');
  expect(second.templateKey).toBe('thanks');
  const missed = await begin(
    '2027-06-01T12:00:00Z',
    definition,
    { startsAt: '2027-06-10T20:00' },
    { phone: '+15005550009' },
  );
  const [other] = await whenOver(app, tenant, missed.automationId);
  const third = await read(app, tenant, other?.log.at(-1)?.messageId ?? '');
  expect(third.templateKey).toBe('notice');
});

test('A run goes on by the version that it began with', async () => {
  const { automationId } = await begin(
    '2027-06-01T12:00:00Z',
    { steps: [{ wait: 'P1D' }, reminder] },
    { startsAt: '2027-06-10T20:00' },
  );
  await whenWaiting(app, tenant, automationId);
  const body = { name: 'Changed', definition: { trigger: 'order.reminded', steps: [{ end: 'stop' }] }, enabled: false };
  const { body: changed } = await app.as(tenant).put(`/api/automations/${automationId}`).send(body).expect(200);
  expect(changed).toMatchObject({ version: 2, enabled: false });
  expect((await at('2027-06-02T12:00:00Z', automationId)).at(-1)).toBe('sent sms');
});

test('Branches go by what the platform knows', async () => {
  const definition = {
    conditions: [{ field: 'order.tickets', is: 'at_least', value: 2 }],
    steps: [{ branch: { if: [{ field: 'customer.vip', is: 'equal', value: true }], do: [{ end: 'stop' }] } }, reminder],
  };
  const began = async (tickets: number, vip: boolean): Promise<RunView> => {
    setClock(app, '2027-06-01T12:00:00Z');
    const customer = await newCustomer(app, tenant, { attributes: { vip } });
    const orderId = await newOrder(app, tenant, customer.id, {
      event_id: await newEvent(app, tenant, '2027-06-10T20:00'),
      attributes: { tickets },
    });
    const { id } = await automate(app, tenant, { trigger: 'order.split', ...definition });
    await happen(app, tenant, 'order.split', { orderId });
    const [run] = await whenOver(app, tenant, id);
    await app.as(tenant).patch(`/api/automations/${id}`).send({ enabled: false });
    if (!run) throw new Error('there is a run');
    return run;
  };
  expect(await began(1, false)).toMatchObject({ status: 'stopped', reason: 'conditions_not_met' });
  expect(await began(2, true)).toMatchObject({ status: 'stopped', reason: 'ended_by_rule' });
  expect(steps(await began(3, false))).toEqual(['sent sms']);
});
