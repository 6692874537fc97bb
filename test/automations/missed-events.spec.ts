/** An event counts from when it is said: whatever its run knows by then, whoever takes it up, and whatever their clocks show. */
import { CommandBus } from '@nestjs/cqrs';
import { HostData } from '../../src/host-data/index.js';
import { TakeEvents } from '../../src/automations/events/take-events.command.js';
import { AdvanceRuns } from '../../src/automations/runs/advance-runs.command.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';
import { Runs } from '../../src/automations/runs/runs.js';
import { until } from '../../harness/until.js';
import { advance, automate, happen, runsOf, setClock, template, whenWaiting } from '../support/automations.js';
import { change, newAttendee, newCustomer, newEvent, newOrder, newRef, openHost } from '../support/host.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const NOTE = { send: { templates: ['note'] } };
const DAY_BEFORE = { waitUntil: { of: 'event.startsAt', offset: '-PT24H' } };

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 20 }); // its schedules rest: only the test takes up events
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'note', { channel: 'sms', body: '{{ event.time }}' });
  setClock(app, '2027-06-01T12:00:00Z');
});
afterAll(() => app.close());

const take = (): Promise<void> => app.nest.get(CommandBus).execute(new TakeEvents());
const move = (): Promise<number> => app.nest.get(CommandBus).execute(new AdvanceRuns());
let serial = 0;
const newType = (): string => `missed.t${(serial += 1)}`;

interface Told {
  readonly type: string;
  readonly stop: string;
  readonly automationId: string;
  readonly orderId: string;
  readonly eventId: string;
  readonly customerId: string;
}

/** An automation that writes at once unless it is stopped, and an order that may start it. */
async function rule(steps: readonly object[] = [NOTE]): Promise<Told> {
  const [type, stop] = [newType(), newType()];
  const { id: automationId } = await automate(app, tenant, { trigger: type, stopOn: [stop], steps });
  return { type, stop, automationId, ...(await newSale()) };
}

async function newSale(): Promise<Pick<Told, 'orderId' | 'eventId' | 'customerId'>> {
  const { id: customerId } = await newCustomer(app, tenant);
  const eventId = await newEvent(app, tenant, '2027-06-10T20:00');
  return { customerId, eventId, orderId: await newOrder(app, tenant, customerId, { event_id: eventId }) };
}

const only = async ({ automationId }: Told): Promise<RunView> => {
  const [run] = await runsOf(app, tenant, automationId);
  if (!run) throw new Error('there is a run');
  return run;
};

/** Ended by the event, with nothing sent. */
async function expectStopped(told: Told): Promise<void> {
  const run = await only(told);
  expect(run).toMatchObject({ status: 'stopped', reason: `event ${told.stop}` });
  expect(run.log.map(({ what }) => what)).not.toContain('sent');
}

describe('A run is ended by an event that was said after its own', () => {
  test.each(['eventId', 'customerId'] as const)('and taken up before it knew its %s', async (subject) => {
    const told = await rule();
    await happen(app, tenant, told.type, { orderId: told.orderId });
    await take();
    await happen(app, tenant, told.stop, { [subject]: told[subject] });
    await take();
    await move();
    await expectStopped(told);
  });

  test('and taken up before it, since its own could not be', async () => {
    const told = await rule();
    const own = await happen(app, tenant, told.type, { orderId: told.orderId });
    await app.database.query(`update pending_event set next_try_at = now() + interval '1 hour' where event_id = $1`, [
      own,
    ]);
    await happen(app, tenant, told.stop, { orderId: told.orderId });
    await take();
    await app.database.query(`update pending_event set next_try_at = now() where event_id = $1`, [own]);
    await advance(app);
    await expectStopped(told);
  });

  test('at a process whose clock is behind', async () => {
    const told = await rule([{ wait: 'PT1H' }, NOTE]);
    const own = await happen(app, tenant, told.type, { orderId: told.orderId });
    await app.database.query(
      `with ahead as (update pending_event set event_id = $2 where event_id = $1)
       update inbound_event set id = $2 where id = $1`,
      [own, 'ffffffff-ffff-7fff-bfff-ffffffffffff'],
    );
    await happen(app, tenant, told.stop, { orderId: told.orderId });
    await advance(app);
    await expectStopped(told);
  });

  test('while the host was asked', async () => {
    const told = await rule();
    await happen(app, tenant, told.type, { orderId: told.orderId });
    await whileRead(async () => {
      await happen(app, tenant, told.stop, { eventId: told.eventId });
      await take();
    });
    await advance(app);
    await expectStopped(told);
  });

  test('and being taken up while the run is moved', async () => {
    const told = await rule();
    await happen(app, tenant, told.type, { orderId: told.orderId });
    await take();
    const runs = app.nest.get(Runs);
    const hear = runs.hear.bind(runs);
    const [heard, go] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    runs.hear = async (...said) => {
      await hear(...said);
      heard.resolve(undefined);
      await go.promise;
    };
    await happen(app, tenant, told.stop, { eventId: told.eventId });
    const taking = take();
    await heard.promise;
    runs.hear = hear;
    let isMoved = false;
    const moving = move().finally(() => (isMoved = true));
    await until(async () => isMoved || (await waitsForTheTaking()));
    go.resolve(undefined);
    await Promise.all([taking, moving]);
    await expectStopped(told);
  });

  test('of one for everybody who attends, by what was said of one of them before their turn', async () => {
    const [type, stop] = [newType(), newType()];
    const { id } = await automate(app, tenant, { trigger: type, to: 'attendees', stopOn: [stop], steps: [NOTE] });
    const { eventId, customerId } = await newSale();
    const stays = await newAttendee(app, tenant, eventId, (await newCustomer(app, tenant)).id);
    const stopped = await newAttendee(app, tenant, eventId, customerId);
    await happen(app, tenant, type, { eventId });
    await take();
    await happen(app, tenant, stop, { attendeeId: stopped });
    await advance(app);
    const runs = (await runsOf(app, tenant, id)).filter(({ attendeeId }) => attendeeId !== null);
    expect(Object.fromEntries(runs.map(({ attendeeId, log }) => [attendeeId, log.at(-1)?.what]))).toEqual({
      [stays]: 'sent',
      [stopped]: 'ended',
    });
  });
});

describe('A run is not ended by an event', () => {
  test('that was said before its own', async () => {
    const told = await rule();
    await happen(app, tenant, told.stop, { eventId: told.eventId });
    await happen(app, tenant, told.type, { orderId: told.orderId });
    await advance(app);
    expect(await only(told)).toMatchObject({ log: [{ what: 'sent', status: 'queued' }] });
  });

  test('about what it came to be about only later', async () => {
    const told = await rule([DAY_BEFORE, NOTE]);
    const later = await newEvent(app, tenant, '2027-06-20T20:00');
    await happen(app, tenant, told.type, { orderId: told.orderId });
    await whenWaiting(app, tenant, told.automationId);
    await happen(app, tenant, told.stop, { eventId: later });
    await advance(app);
    await change(app, tenant, 'orders', told.orderId, { event_id: later });
    await happen(app, tenant, 'order.updated', { orderId: told.orderId });
    await advance(app);
    expect(await only(told)).toMatchObject({ status: 'waiting', eventId: later });
  });
});

test('An event that moves while the host is asked for the first time is not missed', async () => {
  const told = await rule([DAY_BEFORE, NOTE]);
  await happen(app, tenant, told.type, { orderId: told.orderId });
  await whileRead(async () => {
    await change(app, tenant, 'events', told.eventId, { starts_at: '2027-06-08T20:00' });
    await happen(app, tenant, 'event.rescheduled', { eventId: told.eventId });
    await take();
  });
  await advance(app);
  expect(await only(told)).toMatchObject({ status: 'waiting', dueAt: '2027-06-07T18:00:00.000Z' });
});

test('However many take up events and move runs at once, each run is ended by the event that follows its own', async () => {
  const told = await rule([NOTE]);
  const sales = await Promise.all(Array.from({ length: 60 }, newSale));
  let saying = true;
  const workers = Array.from({ length: 6 }, async (_, place) => {
    while (saying) await (place % 2 === 0 ? take() : move());
  });
  // The first is said in the same breath as what ends it: nothing may be written.
  await Promise.all(
    sales.map(async (sale, place) => {
      const subject = (['orderId', 'eventId', 'customerId'] as const)[place % 3] ?? 'orderId';
      const events = [
        { type: told.type, id: newRef('evt'), data: { orderId: sale.orderId } },
        { type: told.stop, id: newRef('evt'), data: { [subject]: sale[subject] } },
      ];
      await app.as(tenant).post('/api/events/batch').send({ events }).expect(202);
    }),
  );
  saying = false;
  await Promise.all(workers);
  await advance(app);
  const runs = await runsOf(app, tenant, told.automationId);
  expect(runs).toHaveLength(sales.length);
  expect(runs.filter(({ status }) => status !== 'stopped')).toEqual([]);
});

test('An event that cannot be taken up keeps no other from it, and costs few attempts', async () => {
  const told = await rule();
  const poison = newType();
  const runs = app.nest.get(Runs);
  const hear = runs.hear.bind(runs);
  let attempts = 0;
  const events = Array.from({ length: 60 }, (_, place) => ({
    type: place === 40 ? poison : told.type,
    id: newRef('evt'),
    data: { orderId: told.orderId },
  }));
  const { body } = await app.as(tenant).post('/api/events/batch').send({ events }).expect(202);
  const poisonId = (body as { items: { id: string }[] }).items[40]?.id ?? '';
  runs.hear = (ids, now) => {
    attempts += 1;
    return ids.includes(poisonId) ? Promise.reject(new Error('as asked')) : hear(ids, now);
  };
  await take();
  runs.hear = hear;
  const waiting = await app.database.query(
    `select type, attempts from pending_event join inbound_event on id = event_id`,
  );
  expect(waiting).toEqual([{ type: poison, attempts: 1 }]);
  expect(await runsOf(app, tenant, told.automationId)).toHaveLength(59);
  expect(attempts).toBeLessThanOrEqual(13); // both halves of a batch, six times
  await app.database.query(`delete from pending_event`);
});

test('The receipt of a repeated event names the first', async () => {
  const event = { type: 'order.updated', id: newRef('evt'), data: {} };
  const { body: first } = await app.as(tenant).post('/api/events').send(event).expect(202);
  const { body: again } = await app.as(tenant).post('/api/events').send(event).expect(202);
  expect(again).toEqual({ ...(first as object), status: 'duplicate' });
  const twice = [{ ...event, id: newRef('evt') }].flatMap((one) => [one, one]);
  const { body } = await app.as(tenant).post('/api/events/batch').send({ events: twice }).expect(202);
  const [one, other] = (body as { items: { id: string }[] }).items;
  expect(other?.id).toBe(one?.id);
});

async function waitsForTheTaking(): Promise<boolean> {
  const rows = await app.database.query(
    `select from pg_locks join pg_database on pg_database.oid = database
     where datname = current_database() and locktype = 'advisory' and mode = 'ShareLock' and not granted`,
  );
  return rows.length > 0;
}

/** Moves runs; this happens once the host has been read, first the order and then its event, and before anything follows from it. */
async function whileRead(happens: () => Promise<void>): Promise<void> {
  const host = app.nest.get(HostData);
  const read = host.read.bind(host);
  let reads = 0;
  await take();
  host.read = async (...asked) => {
    const records = await read(...asked);
    reads += 1;
    if (reads === 2) {
      host.read = read;
      await happens();
    }
    return records;
  };
  await move();
}
