/** The engine against a model that reads the definition step by step, in its own words and without a program. */
import fc from 'fast-check';
import { compileDefinition } from '../../src/automations/rules/program.js';
import { REPORTS, type DefinitionBody, type StepBody } from '../../src/automations/rules/definition.dto.js';
import { nextMove, type Position, type Report, type Sight } from '../../src/automations/runs/engine.rules.js';
import { endOf, obstacleOf } from '../../src/dispatch/messages/host.rules.js';
import { viewOf, type HostFacts, type Moment } from '../../src/host-data/index.js';
import { ENGAGEMENTS, type Engagement } from '../../src/ledger/index.js';

const MINUTE = 60_000;
const DAY = 1_440;
/** A midnight. */
const ZERO = Date.UTC(2027, 0, 1);

/** Minutes from the beginning: what everybody believes of the event from `from` on. Not everybody knows how long it lasts. */
interface Belief {
  readonly from: number;
  readonly startsAt: number;
  readonly lasts: number | undefined;
}
/** After how many minutes this becomes of a message; what is absent never does. */
type Fate = Readonly<Partial<Record<Exclude<Report, 'open'> | Engagement, number>>>;
interface World {
  readonly beliefs: readonly Belief[];
  readonly flags: Readonly<Record<string, boolean>>;
  /** Of the messages, in turn. */
  readonly fates: readonly Fate[];
  /** How long the message of a template waits for its call. */
  readonly delays: Readonly<Record<string, number>>;
}
interface Called {
  readonly template: string;
  readonly at: number;
}

const beliefAt = ({ beliefs }: World, minute: number): Belief | undefined =>
  beliefs.findLast(({ from }) => from <= minute) ?? beliefs[0];
const momentAt = (world: World, minute: number, moment: Moment): number | undefined => {
  const { startsAt = 0, lasts } = beliefAt(world, minute) ?? {};
  if (moment === 'event.startsAt') return startsAt;
  return lasts === undefined ? undefined : startsAt + lasts;
};
const fateOf = ({ fates }: World, count: number): Fate => fates[(count - 1) % fates.length] ?? {};
const nextChange = ({ beliefs }: World, minute: number): number =>
  beliefs.find(({ from }) => from > minute)?.from ?? Number.POSITIVE_INFINITY;

class Ended extends Error {}

type ReportBody = NonNullable<StepBody['report']>;
const SHOWN_BY = {
  delivered: ['delivered', 'read'],
  read: ['read'],
  opened: ['opened', 'clicked'],
  clicked: ['clicked'],
  answered: ['answered'],
} as const;

const minutesIn = (duration: string): number =>
  Number(/(\d+)M/.exec(duration)?.[1]) * (duration.startsWith('-') ? -1 : 1);
const isWait = ({ wait, waitUntil }: StepBody): boolean => (wait ?? waitUntil) !== undefined;
const isAfter = (moment: number | undefined, minute: number): boolean => moment !== undefined && moment > minute;

/** What comes now was planned for so many minutes before this moment. */
interface Ahead {
  readonly of: Moment;
  readonly minutes: number;
}

/** What the words of the definition say. */
class Model {
  readonly called: Called[] = [];
  private now = 0;
  /** When each message was accepted. */
  private readonly accepted: number[] = [];
  /** Undefined if it may be meant for after the event. */
  private ahead: Ahead | undefined;

  constructor(private readonly world: World) {}

  list(steps: readonly StepBody[]): void {
    for (let place = 0; place < steps.length; place += 1) {
      const step = steps[place] ?? {};
      if (step.send) this.send(step.send);
      if (step.wait !== undefined) this.wait(minutesIn(step.wait));
      if (step.end) throw new Ended();
      if (step.branch) this.list(this.chosen(step.branch));
      if (step.report) this.list(this.reported(step.report));
      if (!step.waitUntil || this.until(step.waitUntil)) continue;
      const next = steps.findIndex((other, at) => at > place && isWait(other));
      if (next === -1) return;
      place = next - 1;
    }
  }

  private send({ templates: [template = ''], notAfter }: NonNullable<StepBody['send']>): void {
    const { world, now } = this;
    const limit = notAfter ?? this.ahead?.of;
    const end = (minute: number): number | undefined => limit && momentAt(world, minute, limit);
    if (limit && end(now) === undefined) throw new Ended();
    const call = now + (world.delays[template] ?? 0);
    if (limit && !isAfter(end(now), now)) return;
    this.accepted.push(now);
    if (!limit || isAfter(end(call), call)) this.called.push({ template, at: call });
  }

  private wait(length: number): void {
    this.now += length;
    const left = (this.ahead?.minutes ?? 0) - length;
    this.ahead = this.ahead && left > 0 ? { ...this.ahead, minutes: left } : undefined;
  }

  private chosen({ if: [condition], do: steps, else: otherwise = [] }: NonNullable<StepBody['branch']>): StepBody[] {
    return this.world.flags[condition?.field.replace('data.', '') ?? ''] === true ? steps : otherwise;
  }

  /** Whatever comes first: that, the end of the message, or of the time. */
  private reported({ is = 'delivered', within, do: steps = [], else: otherwise = [] }: ReportBody): StepBody[] {
    const last = this.accepted.at(-1);
    if (last === undefined) return otherwise;
    const fate = fateOf(this.world, this.accepted.length);
    const comes = Math.min(...SHOWN_BY[is].map((kind) => last + (fate[kind] ?? Number.POSITIVE_INFINITY)));
    const ends = last + (fate.missed ?? Number.POSITIVE_INFINITY);
    const over = this.now + minutesIn(within);
    if (comes <= over && comes <= Math.max(ends, this.now)) {
      this.now = Math.max(this.now, comes);
      return steps;
    }
    this.now = Math.max(this.now, Math.min(ends, over));
    return otherwise;
  }

  /** False if what follows is left out. */
  private until({ of, offset = 'PT0M', at, ifPast, within = '' }: NonNullable<StepBody['waitUntil']>): boolean {
    const moment = (): number => {
      const known = momentAt(this.world, this.now, of);
      if (known === undefined) throw new Ended();
      return known;
    };
    const target = (): number => {
      const time = moment() + minutesIn(offset);
      if (at === undefined) return time;
      const [hours = 0, minutes = 0] = at.split(':').map(Number);
      return Math.floor(time / DAY) * DAY + hours * 60 + minutes;
    };
    while (target() > this.now) this.now = Math.min(target(), nextChange(this.world, this.now));
    const minutes = moment() - target();
    const isPast = this.now - target() > minutesIn(within);
    if (isPast && ifPast === 'stop') throw new Ended();
    this.ahead = minutes > 0 ? { of, minutes } : undefined;
    return !isPast || ifPast === 'continue';
  }
}

function byModel({ steps }: DefinitionBody, world: World): Called[] {
  const model = new Model(world);
  try {
    model.list(steps);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
  return model.called;
}

const timeOf = (minute: number): Date => new Date(ZERO + minute * MINUTE);

/** What the host says of the event at this minute. */
function factsAt(world: World, minute: number): HostFacts {
  const endsAt = momentAt(world, minute, 'event.endsAt');
  return {
    event: {
      id: 'E-1',
      name: 'Opening',
      startsAt: timeOf(momentAt(world, minute, 'event.startsAt') ?? 0),
      ...(endsAt !== undefined && { endsAt: timeOf(endsAt) }),
      timezone: 'UTC',
      status: 'scheduled',
      attributes: {},
    },
    refs: { order_ref: null, customer_ref: null, event_ref: 'E-1', attendee_ref: null },
    missing: undefined,
  };
}

/** Whether a message that names this limit is sent when its call comes at this minute: the host is read right before. */
function goes(notAfter: Moment | null, world: World, minute: number): boolean {
  const refs = { eventId: 'E-1', ...(notAfter && { notAfter }) };
  const facts = factsAt(world, minute);
  const end = endOf({ expires_at: null, host_refs: refs, host_data: viewOf(facts) });
  return !obstacleOf(facts, refs) && !(end && end.at <= timeOf(minute));
}

/** What the engine does, looked at when it is due and whenever the event changes. */
function byEngine(definition: DefinitionBody, world: World): Called[] {
  const program = compileDefinition(definition);
  const called: Called[] = [];
  const accepted: number[] = [];
  let position: Position = { place: 0, waitingSince: null, reach: null };
  let now = 0;
  for (;;) {
    const { startsAt, endsAt } = factsAt(world, now).event ?? {};
    const sight: Sight = {
      now: timeOf(now),
      facts: { data: world.flags },
      moments: { ...(startsAt && { 'event.startsAt': startsAt }), ...(endsAt && { 'event.endsAt': endsAt }) },
      eventZone: 'UTC',
      recipientZone: 'UTC',
      ...becameOf(world, accepted, now),
    };
    const move = nextMove(program, position, sight);
    if (move.kind === 'end') return called;
    if (move.kind === 'wait') {
      position = JSON.parse(JSON.stringify(move.position), revived) as Position;
      const news = move.awaits ? nextNews(world, accepted, now) : Number.POSITIVE_INFINITY;
      now = Math.min((move.until.getTime() - ZERO) / MINUTE, nextChange(world, now), news);
      continue;
    }
    if (move.kind === 'send') {
      const [template = ''] = move.instruction.send.templates;
      const at = now + (world.delays[template] ?? 0);
      accepted.push(now);
      if (goes(move.notAfter, world, at)) called.push({ template, at });
    }
    position = move.next;
  }
}
/** What is known of the last message: a status outranks an earlier one, and what is done about it is added up. */
function becameOf(world: World, accepted: readonly number[], now: number): Pick<Sight, 'report' | 'engagement'> {
  const last = accepted.at(-1);
  if (last === undefined) return { report: 'missed', engagement: new Set() };
  const fate = fateOf(world, accepted.length);
  const isSo = (kind: keyof Fate): boolean => last + (fate[kind] ?? Number.POSITIVE_INFINITY) <= now;
  return {
    report: (['delivered', 'missed', 'read'] as const).findLast(isSo) ?? 'open',
    engagement: new Set(ENGAGEMENTS.filter(isSo)),
  };
}

/** When something more becomes of it. */
function nextNews(world: World, accepted: readonly number[], now: number): number {
  const last = accepted.at(-1) ?? 0;
  const times = Object.values(fateOf(world, accepted.length)).map((after) => last + after);
  return Math.min(...times.filter((time) => time > now));
}

/** A run is written down between two looks. */
const revived = (key: string, value: unknown): unknown =>
  key === 'waitingSince' && typeof value === 'string' ? new Date(value) : value;

const minutes = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const moment = fc.constantFrom<Moment>('event.startsAt', 'event.startsAt', 'event.endsAt');
const IF_PAST = fc.constantFrom('skip' as const, 'continue' as const, 'stop' as const);
const TEMPLATES = ['a', 'b', 'c', 'd'];

const send = optional(moment).map((notAfter) => notAfter && { notAfter });
const sends = fc
  .record({ key: fc.constantFrom(...TEMPLATES), more: fc.oneof({ arbitrary: fc.constant({}), weight: 4 }, send) })
  .map(({ key, more }): StepBody => ({ send: { templates: [key], ...more } }));
const waits = minutes(400).map((length): StepBody => ({ wait: `PT${length}M` }));
const untils = fc
  .record({
    of: moment,
    length: fc.oneof(fc.constant(0), minutes(600), minutes(2_000)),
    isBefore: fc.boolean(),
    at: optional(fc.constantFrom('00:00', '09:30', '10:00', '20:00', '23:59')),
    ifPast: IF_PAST,
    within: minutes(90),
  })
  .map(({ length, isBefore, within, ...more }): StepBody => ({
    waitUntil: { ...more, offset: `${isBefore ? '-' : ''}PT${length}M`, within: `PT${within}M` },
  }));
const ends = fc.constant<StepBody>({ end: 'stop' });

type Weighted = readonly fc.WeightedArbitrary<StepBody>[];

/** Steps of these kinds, and branches and reports of them. */
function stepsOf(kinds: Weighted, depth: number): fc.Arbitrary<StepBody[]> {
  if (depth === 0) return fc.array(fc.oneof(...kinds), { maxLength: 5 });
  const ways = fc.record({ yes: stepsOf(kinds, depth - 1), no: optional(stepsOf(kinds, depth - 1)) });
  const branch = fc
    .record({ flag: fc.constantFrom('vip', 'new'), ways })
    .map(({ flag, ways: { yes, no } }): StepBody => {
      const condition = { field: `data.${flag}`, is: 'equal' as const, value: true };
      return { branch: { if: [condition], do: yes, ...(no && { else: no }) } };
    });
  const report = fc
    .record({ is: fc.constantFrom(...REPORTS), within: minutes(300), ways })
    .map(({ is, within, ways: { yes, no } }): StepBody => {
      return { report: { is, within: `PT${within}M`, do: yes, ...(no && { else: no }) } };
    });
  const forks = [
    { arbitrary: branch, weight: 4 },
    { arbitrary: report, weight: 4 },
  ];
  return fc.array(fc.oneof(...kinds, ...forks), { maxLength: 6 });
}

/** How many instructions they come to: a rule has at most 200. */
const sizeOf = (steps: readonly StepBody[]): number =>
  steps.reduce((sum, { branch, report }) => {
    const fork = branch ?? report;
    return sum + (fork ? 2 + sizeOf(fork.do ?? []) + sizeOf(fork.else ?? []) : 1);
  }, 0);
const rulesOf = (kinds: Weighted): fc.Arbitrary<StepBody[]> =>
  stepsOf(kinds, 2).filter((steps) => sizeOf(steps) <= 190);

/** Nothing is known of a message at the minute in which it is accepted. */
const after = fc.integer({ min: 1, max: 400 });
const status: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant({}),
  fc.record({ missed: after }),
  fc.record({ delivered: after, read: after }, { requiredKeys: [] }),
);
const engagement: fc.Arbitrary<Fate> = fc.record(
  { opened: after, clicked: after, answered: after },
  { requiredKeys: [] },
);

/** A report needs a message before it, which need not have been sent. */
const PERHAPS: StepBody = {
  branch: {
    if: [{ field: 'data.new', is: 'equal', value: true }],
    do: [{ send: { templates: ['a'] } }],
  },
};
const FIRST: StepBody = { send: { templates: ['a'] } };
const KINDS: Weighted = [
  { arbitrary: sends, weight: 6 },
  { arbitrary: waits, weight: 4 },
  { arbitrary: untils, weight: 6 },
  { arbitrary: ends, weight: 1 },
];

const world: fc.Arbitrary<World> = fc.record({
  beliefs: fc
    .array(fc.record({ from: minutes(2_500), startsAt: minutes(3_500), lasts: optional(minutes(500)) }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((beliefs) =>
      beliefs
        .toSorted((one, other) => one.from - other.from)
        .map((each, place) => (place === 0 ? { ...each, from: 0 } : each)),
    )
    .filter((beliefs) => new Set(beliefs.map(({ from }) => from)).size === beliefs.length),
  flags: fc.record({ vip: fc.boolean(), new: fc.boolean() }),
  fates: fc.array(
    fc.tuple(status, engagement).map(([one, other]) => ({ ...one, ...other })),
    { minLength: 1, maxLength: 6 },
  ),
  delays: fc
    .tuple(...TEMPLATES.map(() => fc.oneof(fc.constant(0), minutes(600))))
    .map((delays) => Object.fromEntries(TEMPLATES.map((key, place) => [key, delays[place] ?? 0]))),
});

test('Any rule, while its event is moved about and people hear of it or not, calls for what its words say, when they say so', () => {
  fc.assert(
    fc.property(rulesOf(KINDS), world, (given, around) => {
      const definition: DefinitionBody = { trigger: 'x', steps: [PERHAPS, ...given] };
      expect(byEngine(definition, around)).toEqual(byModel(definition, around));
    }),
    { numRuns: 2_000 },
  );
});

test('What is planned for before the event is never called for once it has begun, by whatever way and wherever it is moved', () => {
  const before = fc
    .record({ ahead: fc.integer({ min: 1, max: 2_000 }), ifPast: IF_PAST, within: minutes(90) })
    .map(({ ahead, ifPast, within }): StepBody => ({
      waitUntil: { of: 'event.startsAt', offset: `-PT${ahead}M`, ifPast, within: `PT${within}M` },
    }));
  const reminders = fc.constantFrom(...TEMPLATES).map((key): StepBody => ({ send: { templates: [key] } }));
  const kinds: Weighted = [
    { arbitrary: reminders, weight: 6 },
    { arbitrary: before, weight: 4 },
  ];
  fc.assert(
    fc.property(before, rulesOf(kinds), world, (first, given, around) => {
      const steps = [first, FIRST, ...given];
      const late = byEngine({ trigger: 'x', steps }, around).filter(
        ({ at }) => !isAfter(momentAt(around, at, 'event.startsAt'), at),
      );
      expect(late).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
