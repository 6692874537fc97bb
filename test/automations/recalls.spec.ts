/** What a run has sent and still waits in its lane ends with the run, or is planned anew with it; what has left goes its way. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { FallBack } from '../../src/dispatch/messages/fall-back.command.js';
import type { MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import { Transitions } from '../../src/ledger/index.js';
import type { RunEntryView, RunView } from '../../src/automations/runs/runs.dto.js';
import { advance, automate, happen, runsOf, setClock, steps, template, whenOver } from '../support/automations.js';
import { consume } from '../support/consumers.js';
import { change, newCustomer, newEvent, newOrder, openHost } from '../support/host.js';
import { abandon, email, read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { faults, recordOf, timesTaken } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'note-sms', { channel: 'sms', body: '{{ event.name }} begins at {{ event.time }}' });
  await template(app, tenant, 'note-email', { channel: 'email', subject: 'Doors', text: '{{ event.time }}' });
  await template(app, tenant, 'off', { channel: 'sms', body: '{{ event.name }} is off' });
  for (const message of [text(), email()]) await whenEnded(app, tenant, await send(app, tenant, message)); // their lanes are there to be stopped
});
beforeEach(() => lane('stopped'));
afterEach(() => lane('active'));
afterEach(() => faults(app, {}));
afterAll(() => app.close());

const lane = (state: 'active' | 'stopped'): Promise<unknown> =>
  app.database.query(`update lane set state = $1`, [state]);

const NOTE = { send: { templates: ['note-sms'] } };
const BOTH = { send: { templates: ['note-sms', 'note-email'] } };
const STOPS = { stopOn: ['ticket.returned'] };
const before = (offset: string): object => ({ waitUntil: { of: 'event.startsAt', offset: `-${offset}` } });

interface Sale {
  readonly automationId: string;
  readonly orderId: string;
  readonly eventId: string;
  readonly phone: string;
}

let serial = 0;

/** One order for an event on the tenth of June, of one automation. */
async function sale(definition: object, at = '2027-06-01T12:00:00Z'): Promise<Sale> {
  setClock(app, at);
  const trigger = `ticket.t${(serial += 1)}`;
  const phone = newNumber();
  const customer = await newCustomer(app, tenant, { phone, email: newMailbox() });
  const eventId = await newEvent(app, tenant, '2027-06-10T20:00');
  const orderId = await newOrder(app, tenant, customer.id, { event_id: eventId });
  const { id: automationId } = await automate(app, tenant, { trigger, ...definition });
  await happen(app, tenant, trigger, { orderId });
  await advance(app);
  return { automationId, orderId, eventId, phone };
}

async function theRun({ automationId }: Sale): Promise<RunView> {
  const [run] = await runsOf(app, tenant, automationId);
  if (!run) throw new Error('there is a run');
  return run;
}
const sentOf = async (of: Sale): Promise<RunEntryView[]> =>
  (await theRun(of)).log.filter(({ what }) => what === 'sent');
const messageOf = async (of: Sale, place = 0): Promise<MessageWithEvents> =>
  read(app, tenant, (await sentOf(of))[place]?.messageId ?? '');
async function comes(of: Sale, time: string): Promise<string[]> {
  setClock(app, time);
  await advance(app);
  return steps(await theRun(of));
}
async function isReturned({ orderId }: Sale): Promise<void> {
  await happen(app, tenant, 'ticket.returned', { orderId });
  await advance(app);
}
/** What waits in the lane has its turn. */
async function laneOpens(): Promise<void> {
  await lane('active');
  await app.database.query(`update lane set rest_until = now() where rest_until > now()`);
  await app.database.query(
    `update pending set ready_at = now() where claim is null and ready_at > now() and campaign_id = '00000000-0000-0000-0000-000000000000'`,
  );
  await whenEnded(app, tenant, await send(app, tenant, text()));
}

describe('An event that ends a run takes back what waits', () => {
  test.each([
    ['of a step that others follow', [NOTE, { wait: 'P1D' }, NOTE]],
    ['of its last step', [NOTE]],
    ['of a step before its end by the rule', [NOTE, { end: 'stop' }]],
  ])('%s', async (_, given) => {
    const of = await sale({ steps: given, ...STOPS });
    expect((await messageOf(of)).status).toBe('queued');
    expect((await theRun(of)).status).toBe('waiting');
    await isReturned(of);
    expect(await theRun(of)).toMatchObject({ status: 'stopped', reason: 'event ticket.returned' });
    const message = await messageOf(of);
    expect(message).toMatchObject({ status: 'cancelled', reason: 'run_stopped' });
    expect(message.events.at(-1)).toMatchObject({ kind: 'cancelled', source: 'automation', reason: 'run_stopped' });
    await laneOpens();
    expect(await recordOf(app, of.phone)).toEqual([]);
  });

  test('for a retry', async () => {
    await lane('active');
    await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] });
    const of = await sale({ steps: [NOTE], ...STOPS });
    await until(async () => (await messageOf(of)).events.some(({ kind }) => kind === 'deferred'));
    await isReturned(of);
    expect(await messageOf(of)).toMatchObject({ status: 'cancelled', reason: 'run_stopped' });
    await faults(app, {});
    await laneOpens();
    expect(await recordOf(app, of.phone)).toEqual([]);
  });

  test('as the fallback of what reached nobody', async () => {
    const of = await sale({ steps: [{ send: { templates: ['note-sms', 'note-email'] } }], ...STOPS });
    const first = await messageOf(of);
    await app.database.query(`delete from pending where message_id = $1`, [first.id]);
    await app.nest
      .get(Transitions)
      .apply([{ messageId: first.id, status: 'failed', reason: 'recipient_refused' }], 'dispatch');
    const follower = await until(async () => {
      await consume(app, 'channel-fallback');
      await app.nest.get(CommandBus).execute(new FallBack());
      return (await read(app, tenant, first.id)).followedBy ?? undefined;
    });
    await isReturned(of);
    expect(await read(app, tenant, follower)).toMatchObject({ status: 'cancelled', reason: 'run_stopped' });
    expect((await theRun(of)).status).toBe('stopped');
  });

  test('while it was claimed, and before its call had begun', async () => {
    const of = await sale({ steps: [NOTE], ...STOPS });
    const { id } = await messageOf(of);
    await abandon(app, id, false);
    await isReturned(of);
    expect(await messageOf(of)).toMatchObject({ status: 'cancelled', reason: 'run_stopped' });
  });

  test('and that was being called, once the call has come to nothing', async () => {
    const of = await sale({ steps: [NOTE], ...STOPS });
    const { id } = await messageOf(of);
    await abandon(app, id, true);
    await isReturned(of);
    expect((await messageOf(of)).status).toBe('sending');
    await app.nest.get(Transitions).defer([{ messageId: id, attempt: 1, reason: 'deferred', retryInMs: 0 }]);
    expect(await messageOf(of)).toMatchObject({ status: 'cancelled', reason: 'run_stopped' });
    expect(await app.database.query(`select from pending where message_id = $1`, [id])).toEqual([]);
  });
});

describe('An event that ends a run leaves', () => {
  test('what was sent before it, with the run that is over by then', async () => {
    await lane('active');
    const of = await sale({ steps: [NOTE], ...STOPS });
    await whenOver(app, tenant, of.automationId);
    await isReturned(of);
    expect(await theRun(of)).toMatchObject({ status: 'done', reason: null });
    expect((await whenEnded(app, tenant, (await messageOf(of)).id)).status).toBe('delivered');
  });

  test('what was sent before it, also where nobody has noted yet that the run is over', async () => {
    const of = await sale({ steps: [NOTE], ...STOPS });
    const { id } = await messageOf(of);
    await app.nest.get(Transitions).apply([{ messageId: id, status: 'sent' }], 'dispatch');
    await app.database.query(`update event_cursor set seq = seq where name = 'automation-runs'`);
    await isReturned(of);
    expect(await theRun(of)).toMatchObject({ status: 'done', reason: null });
  });

  test('what was called, and nothing follows it', async () => {
    const of = await sale({ steps: [BOTH, { wait: 'P1D' }, NOTE], ...STOPS });
    const { id } = await messageOf(of);
    await app.nest.get(Transitions).apply([{ messageId: id, status: 'sent' }], 'dispatch');
    await isReturned(of);
    expect((await messageOf(of)).status).toBe('sent');
    await app.nest.get(Transitions).apply([{ messageId: id, status: 'failed', reason: 'provider_report' }], 'webhook');
    const { events, followedBy } = await until(async () => {
      await consume(app, 'channel-fallback');
      await app.nest.get(CommandBus).execute(new FallBack());
      const message = await messageOf(of);
      return message.events.some(({ kind }) => kind === 'fallback_refused') && message;
    });
    expect(followedBy).toBeNull();
    expect(events.at(-1)).toMatchObject({ kind: 'fallback_refused', reason: 'run_stopped' });
  });

  test('what other runs have sent about the same, such as the notice that it starts', async () => {
    const of = await sale({ steps: [NOTE], ...STOPS });
    const notice = await automate(app, tenant, {
      trigger: 'ticket.returned',
      ...STOPS,
      steps: [{ send: { templates: ['off'] } }],
    });
    await isReturned(of);
    expect((await messageOf(of)).status).toBe('cancelled');
    await laneOpens();
    await whenOver(app, tenant, notice.id);
    await app.as(tenant).patch(`/api/automations/${notice.id}`).send({ enabled: false });
    expect(await until(async () => (await recordOf(app, of.phone)).map(({ body }) => body))).toEqual([
      expect.stringMatching(/ is off$/),
    ]);
  });
});

test('A run that is over by its rule goes on waiting until what it sent has left, and tells how it ended', async () => {
  const of = await sale({ steps: [NOTE, { end: 'stop' }], ...STOPS });
  expect(await theRun(of)).toMatchObject({ status: 'waiting', reason: 'ended_by_rule', dueAt: null, finishedAt: null });
  await lane('active');
  const [run] = await whenOver(app, tenant, of.automationId);
  expect(run).toMatchObject({ status: 'stopped', reason: 'ended_by_rule' });
  expect(run?.finishedAt).not.toBeNull();
});

test('A run of which two messages wait is over when both have left', async () => {
  const of = await sale({ steps: [NOTE, { wait: 'PT1H' }, NOTE], ...STOPS });
  await comes(of, '2027-06-01T13:00:00Z');
  const [first = '', second = ''] = (await sentOf(of)).map(({ messageId }) => messageId ?? '');
  await app.nest.get(Transitions).apply([{ messageId: second, status: 'sent' }], 'dispatch');
  await advance(app);
  expect((await theRun(of)).status).toBe('waiting');
  await app.nest.get(Transitions).apply([{ messageId: first, status: 'unknown' }], 'dispatch');
  await advance(app);
  expect((await theRun(of)).status).toBe('done');
});

test('What waits is not sent once its event is cancelled, and ends at once, with its run', async () => {
  const of = await sale({ steps: [NOTE, before('PT2H'), NOTE] });
  await change(app, tenant, 'events', of.eventId, { status: 'cancelled' });
  await happen(app, tenant, 'event.cancelled', { eventId: of.eventId });
  await advance(app);
  expect(await theRun(of)).toMatchObject({ status: 'stopped', reason: 'event_cancelled' });
  expect(await messageOf(of)).toMatchObject({ status: 'cancelled', reason: 'event_cancelled' });
});

describe('An event that moves takes along', () => {
  const moves = async ({ eventId }: Sale, startsAt: string): Promise<void> => {
    await change(app, tenant, 'events', eventId, { starts_at: startsAt, status: 'rescheduled' });
    await happen(app, tenant, 'event.rescheduled', { eventId });
    await advance(app);
  };

  test('a reminder that waits in its lane: it is sent once, at its new time', async () => {
    const of = await sale({ steps: [before('PT2H'), NOTE] });
    await comes(of, '2027-06-10T16:00:00Z');
    expect(await theRun(of)).toMatchObject({ status: 'waiting', dueAt: null });
    await moves(of, '2027-06-20T20:00');
    expect(await messageOf(of)).toMatchObject({ status: 'cancelled', reason: 'event_moved' });
    const run = await theRun(of);
    expect(run).toMatchObject({ status: 'waiting', dueAt: '2027-06-20T16:00:00.000Z' });
    expect(steps(run).slice(1)).toEqual(['sent event_moved', 'recalled event_moved', 'waits 2027-06-20T16:00:00.000Z']);
    await lane('active');
    expect((await comes(of, '2027-06-20T16:00:00Z')).at(-1)).toBe('sent sms');
    await whenStatus(app, tenant, (await messageOf(of, 1)).id, 'delivered');
    await whenOver(app, tenant, of.automationId);
    expect(await recordOf(app, of.phone)).toHaveLength(1);
  });

  test('all reminders that wait in it, as far as their times are ahead again', async () => {
    const of = await sale({ steps: [before('P1D'), NOTE, before('PT2H'), NOTE] });
    await comes(of, '2027-06-09T18:00:00Z');
    await comes(of, '2027-06-10T16:00:00Z');
    await moves(of, '2027-06-11T12:00'); // the day before is past, two hours before are not
    expect([(await messageOf(of)).status, (await messageOf(of, 1)).status]).toEqual(['queued', 'cancelled']);
    await moves(of, '2027-06-20T20:00');
    expect((await messageOf(of)).reason).toBe('event_moved');
    expect((await theRun(of)).dueAt).toBe('2027-06-19T18:00:00.000Z');
  });

  test('none of which something has left', async () => {
    const of = await sale({ steps: [before('P1D'), NOTE, { wait: 'PT1H' }, NOTE] });
    await comes(of, '2027-06-09T18:00:00Z');
    await app.nest.get(Transitions).apply([{ messageId: (await messageOf(of)).id, status: 'sent' }], 'dispatch');
    await comes(of, '2027-06-09T19:00:00Z');
    await moves(of, '2027-06-20T20:00');
    expect((await messageOf(of, 1)).status).toBe('queued');
    expect(steps(await theRun(of))).not.toContain('recalled event_moved');
  });
});

test('However a stop and the drain meet, each message was sent or is cancelled', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 1, max: 20 } }] });
  const trigger = `ticket.t${(serial += 1)}`;
  const { id } = await automate(app, tenant, { trigger, ...STOPS, steps: [NOTE] });
  const orders = await Promise.all(
    Array.from({ length: 120 }, async () => {
      const customer = await newCustomer(app, tenant, { phone: newNumber() });
      return newOrder(app, tenant, customer.id, { event_id: await newEvent(app, tenant, '2027-06-10T20:00') });
    }),
  );
  for (const orderId of orders) await happen(app, tenant, trigger, { orderId });
  await advance(app);
  const [first, ...others] = orders;
  await happen(app, tenant, 'ticket.returned', { orderId: first });
  await advance(app);
  await lane('active');
  for (const orderId of others.slice(1)) await happen(app, tenant, 'ticket.returned', { orderId });
  const runs = await whenOver(app, tenant, id, orders.length);
  const sent = runs.flatMap(({ log }) =>
    log.filter(({ what }) => what === 'sent').map(({ messageId = '' }) => messageId),
  );
  expect(sent).toHaveLength(orders.length);
  const messages = await Promise.all(sent.map((messageId) => whenEnded(app, tenant, messageId)));
  const taken = await timesTaken(app, sent);
  const by = (status: string): number => messages.filter((message) => message.status === status).length;
  expect(by('delivered') + by('cancelled')).toBe(orders.length);
  expect(taken).toEqual(messages.map(({ status }) => Number(status === 'delivered')));
  expect(Math.min(by('delivered'), by('cancelled'))).toBeGreaterThan(0); // one is stopped before the lane opens, and one not at all
});
