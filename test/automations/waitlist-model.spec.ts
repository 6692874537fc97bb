/** Waiting lists in a world that changes at random: what the rules promise to the people on them, in any order of looks. */
import fc from 'fast-check';
import type { HostAttendee } from '../../src/host-data/index.js';
import type { DefinitionBody } from '../../src/automations/rules/definition.dto.js';
import { compileDefinition, type Program } from '../../src/automations/rules/program.js';
import { nextMove, type Position, type Report } from '../../src/automations/runs/engine.rules.js';
import {
  fateAtEnd,
  fateInWaiting,
  firstInLine,
  offTheList,
  standingOf,
  UNREADABLE,
  wentOn,
  type OfferMade,
  type OfferSeen,
} from '../../src/automations/runs/waitlist.rules.js';

const MINUTE = 60_000;
const ZERO = Date.UTC(2027, 0, 1);
const OFFER_FOR = 240;
const time = (minute: number): Date => new Date(ZERO + minute * MINUTE);

const STATUSES = ['waitlisted', 'registered', 'cancelled', 'gone', 'unreadable'] as const;
type Status = (typeof STATUSES)[number];

/** What becomes of what is sent to somebody. */
const REACHES = ['refused', 'fails', 'arrives'] as const;
type Reach = (typeof REACHES)[number];

/** Of whom an event tells. */
const SAID = ['of nobody', 'of the person', 'of the event'] as const;
type Said = (typeof SAID)[number];

interface Person {
  readonly id: string;
  status: Status;
  readonly reach: Reach;
}

interface Message {
  report: Report;
}

/** As the list sees it. */
const STATUS_SEEN: Readonly<Record<Status, OfferSeen['status']>> = {
  waitlisted: 'waitlisted',
  registered: 'registered',
  cancelled: 'cancelled',
  gone: undefined,
  unreadable: UNREADABLE,
};

const attendeeOf = ({ id, status }: Person): HostAttendee => ({
  id,
  status,
  eventId: 'E',
  customerId: 'C',
  attributes: {},
});

/** Why nothing is sent to them now. */
function obstacleOf(person: Person): string | undefined {
  if (person.status === 'gone') return 'attendee_unknown';
  if (person.status === 'unreadable') return 'attendee_unreadable';
  if (person.status === 'cancelled') return 'attendee_cancelled';
  return offTheList(attendeeOf(person));
}

class Offer {
  state: 'waiting' | 'done' | 'stopped' = 'waiting';
  position: Position = { place: 0, waitingSince: null, reach: null, passed: [] };
  due: number;
  readonly messages: Message[] = [];
  wasRefused = false;
  /** Its holder has been on the list without a break. */
  isUnbroken = true;

  constructor(
    readonly list: List,
    readonly person: Person,
    readonly until: number,
  ) {
    this.due = until - OFFER_FOR;
  }

  get isTold(): boolean {
    return this.messages.some(({ report }) => report === 'delivered');
  }

  /** The person may take the place by it. */
  stands(now: number): boolean {
    return this.isTold && this.isUnbroken && now < this.until;
  }
}

class List {
  readonly offers: Offer[] = [];
  end: 'taken' | 'nobody' | undefined;

  constructor(public due: number) {}

  get last(): Offer | undefined {
    return this.offers.at(-1);
  }
}

/** What is due is looked at in any order, and everything that is looked at is looked at as it is then. */
class World {
  now = 0;
  readonly lists: List[] = [];
  private readonly program: Program;
  /** Until when each has an offer. */
  private readonly until = new Map<string, number>();

  constructor(
    readonly people: readonly Person[],
    definition: DefinitionBody,
    private readonly pick: (count: number) => number,
  ) {
    this.program = compileDefinition(definition);
  }

  /** A status changes; those who are told of it look again. */
  become(person: Person, status: Status, said: Said): void {
    person.status = status;
    for (const offer of this.offers())
      if (offer.person === person && status !== 'waitlisted' && status !== 'unreadable') offer.isUnbroken = false;
    if (said === 'of nobody') return;
    for (const offer of this.offers()) if (said === 'of the event' || offer.person === person) this.wake(offer);
    if (said === 'of the event') for (const list of this.lists) this.wake(list);
  }

  /** One look at something that is due, or one message; false if there is none. */
  step(): boolean {
    const open: (() => void)[] = [
      ...this.lists
        .filter((list) => list.end === undefined && list.due <= this.now)
        .map((list) => () => this.lookAt(list)),
      ...this.offers()
        .filter(({ state, due }) => state === 'waiting' && due <= this.now)
        .map((offer) => () => this.go(offer)),
      ...this.offers().flatMap((offer) =>
        offer.messages.filter(({ report }) => report === 'open').map((message) => () => this.call(offer, message)),
      ),
    ];
    open[this.pick(open.length)]?.();
    this.check();
    return open.length > 0;
  }

  settle(): void {
    for (let count = 0; this.step(); count += 1) if (count > 2_000) throw new Error('it never comes to rest');
    for (const list of this.lists) this.checkAtRest(list);
  }

  private offers(): Offer[] {
    return this.lists.flatMap(({ offers }) => offers);
  }

  private wake(one: { due: number }): void {
    one.due = Math.min(one.due, this.now);
  }

  private lookAt(list: List): void {
    const { last } = list;
    if (last) {
      const status = STATUS_SEEN[last.person.status];
      const seen: OfferSeen = { status, isStopped: last.state === 'stopped', lapses: time(last.until) };
      const standing = standingOf(seen, time(this.now));
      if (standing === 'stands') return void (list.due = last.until);
      if (this.until.get(last.person.id) === last.until) this.until.set(last.person.id, Math.min(last.until, this.now));
      if (standing === 'taken') return void (list.end = 'taken');
    }
    const next = this.nextFor(list);
    if (!next) return this.over(list);
    expect(next.status).toBe('waitlisted');
    expect(this.until.get(next.id) ?? 0).toBeLessThanOrEqual(this.now);
    list.offers.push(new Offer(list, next, this.now + OFFER_FOR));
    list.due = this.now + OFFER_FOR;
    this.until.set(next.id, list.due);
  }

  /** From whoever was asked last, then from the beginning. */
  private nextFor(list: List): Person | undefined {
    const after = this.people.findIndex(({ id }) => id === list.last?.person.id) + 1;
    const passedOver = this.passedOverBy(list);
    const found = [this.people.slice(after), this.people].map((part) =>
      firstInLine(
        part.filter(({ status }) => status !== 'gone' && status !== 'unreadable').map(attendeeOf),
        passedOver,
      ),
    );
    const { id } = found[0] ?? found[1] ?? {};
    return this.people.find((person) => person.id === id);
  }

  /** Nobody is left who waits, and has neither had this offer nor has another. */
  private over(list: List): void {
    list.end = 'nobody';
    for (const person of this.people.filter(({ status }) => status === 'waitlisted'))
      expect(list.offers.some((offer) => offer.person === person) || (this.until.get(person.id) ?? 0) > this.now).toBe(
        true,
      );
  }

  private passedOverBy(list: List): Set<string> {
    const held = this.people.filter(({ id }) => (this.until.get(id) ?? 0) > this.now);
    return new Set([...held, ...list.offers.map(({ person }) => person)].map(({ id }) => id));
  }

  private go(offer: Offer): void {
    const now = time(this.now);
    const known = this.known(offer);
    const reason = obstacleOf(offer.person) ?? wentOn(known, now);
    if (reason !== undefined) return this.end(offer, reason);
    for (;;) {
      const move = nextMove(this.program, offer.position, {
        now,
        facts: {},
        moments: { 'offer.until': time(offer.until) },
        eventZone: 'UTC',
        recipientZone: 'UTC',
        report: offer.messages.at(-1)?.report ?? 'missed',
        engagement: new Set(),
      });
      if (move.kind === 'end') return this.end(offer, move.reason);
      if (move.kind === 'wait') {
        if (fateInWaiting(this.known(offer)) === 'not_reached') return this.stop(offer);
        offer.position = move.position;
        offer.due = (move.until.getTime() - ZERO) / MINUTE;
        return;
      }
      if (move.kind === 'send') this.send(offer);
      offer.position = move.next;
    }
  }

  private known(offer: Offer): OfferMade {
    const { until, list, messages, wasRefused } = offer;
    const isLast = list.end === undefined && list.last === offer;
    return { until: time(until), isLast, reports: messages.map(({ report }) => report), wasRefused };
  }

  private send(offer: Offer): void {
    expect(offer.person.status).toBe('waitlisted');
    expect(offer.list.last).toBe(offer);
    if (offer.person.reach === 'refused') offer.wasRefused = true;
    else offer.messages.push({ report: 'open' });
  }

  private end(offer: Offer, reason: string | null): void {
    const fate = fateAtEnd(this.known(offer), reason, time(this.now));
    if (fate === 'held') {
      offer.position = {
        place: this.program.instructions.length,
        waitingSince: time(this.now),
        reach: null,
        passed: [],
      };
      offer.due = offer.until;
    } else if (fate === 'not_reached' || reason !== null) this.stop(offer);
    else offer.state = 'done';
  }

  private stop(offer: Offer): void {
    offer.state = 'stopped';
    this.wake(offer.list);
  }

  /** Right before the call it is read again. */
  private call(offer: Offer, message: Message): void {
    const isSent = obstacleOf(offer.person) === undefined && this.now < offer.until && offer.person.reach === 'arrives';
    message.report = isSent ? 'delivered' : 'missed';
    if (isSent) expect(offer.person.status).toBe('waitlisted');
    this.wake(offer);
  }

  private check(): void {
    for (const list of this.lists) {
      const holders = list.offers.filter((offer) => offer.stands(this.now));
      expect(holders.length).toBeLessThanOrEqual(1);
    }
    const holders = this.offers().filter((offer) => offer.stands(this.now));
    expect(new Set(holders.map(({ person }) => person)).size).toBe(holders.length);
  }

  /** With nothing left to look at, a place is kept for nobody who does not know of it, and no list ends before its time. */
  private checkAtRest(list: List): void {
    const { last } = list;
    if (list.end === undefined) {
      expect(last).toMatchObject({ state: 'waiting' });
      expect(list.due).toBe(last?.until);
      expect(last?.isTold || (last?.messages.length === 0 && !last.wasRefused)).toBe(true);
    }
  }
}

const offer = { send: { templates: ['offer'] } };
const DEFINITIONS = [
  [offer],
  [offer, { wait: 'PT60M' }, offer],
  [{ wait: 'PT30M' }, offer, { report: { within: 'PT20M', do: [{ end: 'stop' }], else: [offer] } }],
].map((steps) => ({ trigger: 'x', to: 'waitlist', offerFor: `PT${OFFER_FOR}M`, steps }) as DefinitionBody);

type Change =
  | { readonly kind: 'status'; readonly person: number; readonly status: Status; readonly said: Said }
  | { readonly kind: 'time'; readonly minutes: number }
  | { readonly kind: 'place' }
  /** Whoever was asked last leaves, and comes back after so many looks. */
  | { readonly kind: 'wavers'; readonly looks: number }
  | { readonly kind: 'looks'; readonly count: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('status' as const),
    person: fc.nat(3),
    status: fc.constantFrom(...STATUSES, 'waitlisted' as const, 'waitlisted' as const),
    said: fc.constantFrom(...SAID),
  }),
  fc.record({ kind: fc.constant('time' as const), minutes: fc.constantFrom(1, 30, 60, OFFER_FOR - 60, OFFER_FOR) }),
  fc.record({ kind: fc.constant('place' as const) }),
  fc.record({ kind: fc.constant('wavers' as const), looks: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ kind: fc.constant('looks' as const), count: fc.integer({ min: 1, max: 3 }) }),
);
const people = fc
  .array(
    fc.record({
      status: fc.constantFrom(...STATUSES, 'waitlisted' as const),
      reach: fc.constantFrom(...REACHES, 'arrives' as const),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((list) => list.map((person, place) => ({ ...person, id: `person-${place}` })));

function waver(world: World, looks: number): void {
  const person = world.lists.find(({ end }) => end === undefined)?.last?.person;
  if (!person) return;
  world.become(person, 'cancelled', 'of the event');
  for (let count = 0; count < looks; count += 1) world.step();
  world.become(person, 'waitlisted', 'of nobody');
}

function apply(world: World, made: Change): void {
  const person = made.kind === 'status' ? world.people[made.person % world.people.length] : undefined;
  if (made.kind === 'status' && person) world.become(person, made.status, made.said);
  else if (made.kind === 'wavers') waver(world, made.looks);
  else if (made.kind === 'place') world.lists.push(new List(world.now));
  else if (made.kind === 'looks') for (let count = 0; count < made.count; count += 1) world.step();
  else if (made.kind === 'time') {
    world.settle(); // what is due takes no hours
    world.now += made.minutes;
  }
}

test('Nobody is offered a place who does not wait for one, no two have the same, and no list waits for who cannot take it', () => {
  fc.assert(
    fc.property(
      people,
      fc.constantFrom(...DEFINITIONS),
      fc.array(change, { maxLength: 30, size: 'max' }),
      fc.infiniteStream(fc.nat()),
      (given, definition, changes, order) => {
        const pick = (count: number): number => (order.next().value as number) % Math.max(1, count);
        const world = new World(
          given.map((person) => ({ ...person })),
          definition,
          pick,
        );
        world.lists.push(new List(0));
        for (const made of changes) apply(world, made);
        world.settle();
        for (let rounds = 0; world.lists.some(({ end }) => end === undefined); rounds += 1) {
          expect(rounds).toBeLessThanOrEqual(world.people.length * world.lists.length + 1);
          world.now += OFFER_FOR;
          world.settle();
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
