/** What becomes of an offer between the moment it is made and the moment it lapses: its holder goes, or cannot be reached. */
import { until } from '../../harness/until.js';
import { advance, automate, happen, runsOf, setClock, steps, template } from '../support/automations.js';
import { decide } from '../support/consent.js';
import { change, newAttendee, newCustomer, newEvent, newOrder, openHost, type Person } from '../support/host.js';
import { read, whenEnded } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
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
  await template(app, tenant, 'offer', { channel: 'sms', body: 'Yours until {{ offer.time }}' });
});
beforeEach(() => setClock(app, '2027-06-01T10:00:00Z'));
afterEach(() => faults(app, {}));
afterAll(() => app.close());

const offer = { send: { templates: ['offer'] } };
let serial = 0;

type Customer = Readonly<Record<string, unknown>>;

interface Waiting extends Person {
  readonly attendeeId: string;
}

/** An event whose waiting list has these people, in order, and its automation. */
class List {
  private constructor(
    readonly eventId: string,
    readonly people: readonly Waiting[],
    private readonly trigger: string,
    private readonly automationId: string,
  ) {}

  static async of(customers: readonly Customer[], more: object = {}): Promise<List> {
    const eventId = await newEvent(app, tenant, '2027-06-30T20:00');
    const people: Waiting[] = [];
    for (const customer of customers) {
      const person = await newCustomer(app, tenant, customer);
      const attendeeId = await newAttendee(app, tenant, eventId, person.id);
      await change(app, tenant, 'attendees', attendeeId, { status: 'waitlisted' });
      people.push({ ...person, attendeeId });
    }
    const trigger = `place.free${(serial += 1)}`;
    const definition = { trigger, to: 'waitlist', offerFor: 'PT4H', steps: [offer], ...more };
    const { id } = await automate(app, tenant, definition);
    const inOrder = people.toSorted((one, other) => (one.attendeeId < other.attendeeId ? -1 : 1));
    return new List(eventId, inOrder, trigger, id);
  }

  person(place: number): Waiting {
    const person = this.people[place];
    if (!person) throw new Error('the list has this person');
    return person;
  }

  /** So many places are free. */
  async open(places = 1): Promise<void> {
    await Promise.all(
      Array.from({ length: places }, () => happen(app, tenant, this.trigger, { eventId: this.eventId })),
    );
    await advance(app);
  }

  /** The place at this place of the list is somebody else's, or theirs. */
  async become(place: number, status: string): Promise<void> {
    await change(app, tenant, 'attendees', this.person(place).attendeeId, { status });
  }

  async runs(): Promise<RunView[]> {
    return runsOf(app, tenant, this.automationId);
  }

  /** Of the person at this place of the list. */
  async run(place: number): Promise<RunView | undefined> {
    return (await this.runs()).find(({ attendeeId }) => attendeeId === this.person(place).attendeeId);
  }

  /** At which places of the list an offer has been made, in order. */
  async asked(): Promise<number[]> {
    const runs = (await this.runs()).filter(({ attendeeId }) => attendeeId !== null);
    return runs.map((run) => this.people.findIndex(({ attendeeId }) => attendeeId === run.attendeeId));
  }

  /** Once so many people have been asked, as reports come in. */
  whenAsked(count: number): Promise<number[]> {
    return until(
      async () => {
        await advance(app);
        const asked = await this.asked();
        return asked.length >= count && asked;
      },
      { withinMs: 30_000 },
    );
  }

  /** The person at this place has the offer: nothing more is heard of its message. */
  async told(place: number): Promise<void> {
    const { messageId = '' } = (await this.run(place))?.log.find(({ what }) => what === 'sent') ?? {};
    expect(await whenEnded(app, tenant, messageId)).toMatchObject({ status: 'delivered' });
    await advance(app);
    await advance(app);
  }

  async whole(): Promise<RunView | undefined> {
    return (await this.runs()).find(({ attendeeId }) => attendeeId === null);
  }
}

const anybody = (count: number): Customer[] => Array.from({ length: count }, () => ({}));

test.each<[string, string, number[], object]>([
  ['has taken the place', 'registered', [0], { status: 'done', reason: 'offer_taken' }],
  ['has left the list', 'cancelled', [0, 1], { status: 'waiting' }],
])('Who %s before the offer is sent does not get it, and the list knows at once', async (_, status, asked, whole) => {
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] }); // the lane waits
  const list = await List.of(anybody(2));
  await list.open();
  const { messageId = '' } = (await list.run(0))?.log[0] ?? {};
  await until(async () => (await read(app, tenant, messageId)).events.some(({ kind }) => kind === 'deferred'));
  await list.become(0, status);
  await faults(app, {});
  await app.database.query(`update pending set ready_at = now() where message_id = $1`, [messageId]);
  await app.database.query(`update lane set rest_until = now() where rest_until > now()`);
  const reason = status === 'cancelled' ? 'attendee_cancelled' : 'attendee_status_changed';
  expect(await whenEnded(app, tenant, messageId)).toMatchObject({ status: 'cancelled', reason });
  expect(await recordOf(app, list.person(0).phone)).toEqual([]);
  expect(await list.whenAsked(asked.length)).toEqual(asked);
  await until(async () => {
    await advance(app);
    return (await list.run(0))?.status === 'stopped';
  });
  expect(await list.run(0)).toMatchObject({ status: 'stopped', reason });
  expect(await list.whole()).toMatchObject(whole);
});

test('Who has a place by the time of a step of their offer is sent nothing, and nobody else is asked', async () => {
  const list = await List.of(anybody(2), { steps: [{ wait: 'PT10M' }, offer] });
  await list.open();
  await list.become(0, 'registered');
  setClock(app, '2027-06-01T10:10:00Z');
  await advance(app);
  expect(await list.run(0)).toMatchObject({ status: 'stopped', reason: 'attendee_status_changed' });
  expect((await list.run(0))?.log.map(({ what }) => what)).toEqual(['waits', 'ended']);
  expect(await list.whole()).toMatchObject({ status: 'done', reason: 'offer_taken' });
});

test.each<[string, (list: List) => object | Promise<object>]>([
  ['the attendee', (list) => ({ attendeeId: list.person(0).attendeeId })],
  ['the customer', (list) => ({ customerId: list.person(0).id })],
  [
    'an order and the customer',
    async (list) => ({
      orderId: await newOrder(app, tenant, list.person(0).id),
      customerId: list.person(0).id,
    }),
  ],
  [
    'an order',
    async (list) => ({ orderId: await newOrder(app, tenant, list.person(0).id, { event_id: list.eventId }) }),
  ],
])('An event that names %s of who has left with an offer has the next one asked', async (_, named) => {
  const list = await List.of(anybody(2));
  await list.open();
  await list.told(0);
  await list.become(0, 'cancelled');
  await happen(app, tenant, 'attendance.updated', await named(list));
  await advance(app);
  setClock(app, '2027-06-01T10:00:10Z');
  await advance(app);
  expect(await list.asked()).toEqual([0, 1]);
  expect(await list.run(0)).toMatchObject({ status: 'stopped', reason: 'attendee_cancelled' });
});

test('Who declines, and stays on the list, is not asked again about this place', async () => {
  const list = await List.of(anybody(2), { stopOn: ['offer.declined'] });
  await list.open();
  await list.told(0);
  await happen(app, tenant, 'offer.declined', { attendeeId: list.person(0).attendeeId });
  await advance(app);
  expect(await list.asked()).toEqual([0, 1]);
  expect(await list.run(0)).toMatchObject({ status: 'stopped', reason: 'event offer.declined' });
  setClock(app, '2027-06-01T14:00:00Z');
  await advance(app);
  expect(await list.asked()).toEqual([0, 1]);
  expect(await list.whole()).toMatchObject({ status: 'done', reason: null });
});

test.each<[string, Customer, string[]]>([
  ['has no address', { phone: null, email: null }, ['refused no_address', 'ended not_reached']],
  ['has a number that is none', { phone: 'ask at the desk' }, ['refused invalid_address', 'ended not_reached']],
  ['cannot be read', { timezone: 'Nowhere/Town' }, ['ended customer_unreadable']],
  ['is refused by the provider', { phone: '+15005550001' }, ['sent recipient_refused', 'ended not_reached']],
])('Who %s does not hold the place', async (_, customer, did) => {
  const list = await List.of([customer, {}]);
  await list.open();
  expect(await list.whenAsked(2)).toEqual([0, 1]);
  const run = await list.run(0);
  expect(run && steps(run)).toEqual(did);
});

test('Who has opted out does not hold the place', async () => {
  const list = await List.of(anybody(2));
  await decide(app, tenant, [list.person(0).phone], 'sms', 'opted_out');
  await list.open();
  expect(await list.whenAsked(2)).toEqual([0, 1]);
  const { messageId = '' } = (await list.run(0))?.log[0] ?? {};
  expect(await read(app, tenant, messageId)).toMatchObject({ status: 'blocked_opted_out' });
});

test('What would follow an offer that reached nobody is not sent, and one that reached them stands until it lapses', async () => {
  const list = await List.of([{ phone: null }, {}, {}], { steps: [offer, { wait: 'PT1H' }, offer] });
  await list.open();
  expect(await list.asked()).toEqual([0, 1]);
  expect(await list.run(0)).toMatchObject({ status: 'stopped', reason: 'not_reached' });
  await list.told(1);
  setClock(app, '2027-06-01T11:00:00Z');
  await change(app, tenant, 'customers', list.person(1).id, { phone: null }); // the second message is refused
  await advance(app);
  expect(await list.run(1)).toMatchObject({ status: 'waiting', dueAt: '2027-06-01T14:00:00.000Z' });
  await change(app, tenant, 'customers', list.person(1).id, { timezone: 'Nowhere/Town' });
  await happen(app, tenant, 'customer.updated', { customerId: list.person(1).id });
  setClock(app, '2027-06-01T13:59:59Z');
  await advance(app);
  expect(await list.asked()).toEqual([0, 1]);
  setClock(app, '2027-06-01T14:00:00Z');
  await advance(app);
  expect(await list.asked()).toEqual([0, 1, 2]);
});

test('Two places go to two people past those who cannot be reached, and nobody has two offers', async () => {
  const list = await List.of([{ phone: null }, {}, { phone: null }, {}, {}]);
  await list.open(2);
  const sent = (await list.runs()).filter((run) => steps(run).includes('sent sms')).map(({ attendeeId }) => attendeeId);
  expect(sent).toHaveLength(2);
  expect(new Set(sent)).toEqual(new Set([list.person(1).attendeeId, list.person(3).attendeeId]));
});

test('Who joins the list while others are asked is asked too, whatever their id', async () => {
  const list = await List.of(anybody(2));
  await list.become(0, 'registered');
  await list.open();
  expect(await list.asked()).toEqual([1]);
  await list.become(0, 'waitlisted');
  setClock(app, '2027-06-01T14:00:00Z');
  await advance(app);
  expect(await list.asked()).toEqual([1, 0]);
});

test('Who leaves the list and comes back has lost the place to whoever was asked then', async () => {
  const list = await List.of(anybody(2), { steps: [offer, { wait: 'PT1H' }, offer] });
  await list.open();
  await list.told(0);
  await list.become(0, 'cancelled');
  const lookAgain = `update automation_run set due_at = $2 where id = $1`;
  await app.database.query(lookAgain, [(await list.whole())?.id, '2027-06-01T10:00:00Z']); // the list alone, as it may be first
  await advance(app);
  await list.become(0, 'waitlisted');
  expect(await list.asked()).toEqual([0, 1]);
  setClock(app, '2027-06-01T11:00:00Z');
  await advance(app);
  expect(await list.run(0)).toMatchObject({ status: 'stopped', reason: 'offer_over' });
  expect(await recordOf(app, list.person(0).phone)).toHaveLength(1);
});
