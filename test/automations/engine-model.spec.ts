/** The engine against a model that reads the definition step by step, in its own words and without a program. */
import fc from 'fast-check';
import { compileDefinition } from '../../src/automations/rules/program.js';
import { REPORTS, type DefinitionBody, type StepBody } from '../../src/automations/rules/definition.dto.js';
import { nextMove, wayBack, type Position, type Report, type Sight } from '../../src/automations/runs/engine.rules.js';
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
  /** When an event ends the run; never, if infinite. */
  readonly stops: number;
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
class Stopped extends Error {}
/** What follows this step is made anew. */
class Back extends Error {
  constructor(readonly step: StepBody) {
    super();
  }
}

type ReportBody = NonNullable<StepBody['report']>;
type UntilBody = NonNullable<StepBody['waitUntil']>;
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

/** A message in its lane until its call comes. */
interface Waiting extends Called {
  readonly accepted: number;
  /** It is of use yet when its call comes. */
  readonly goes: boolean;
}
/** A `waitUntil` that is behind the run, and what was sent since, up to the next. */
interface Passed {
  readonly step: StepBody;
  readonly sent: Waiting[];
}

const listsIn = ({ branch, report }: StepBody): StepBody[][] => {
  const fork = branch ?? report;
  return [fork?.do ?? [], fork?.else ?? []];
};
const holds = (step: StepBody, wanted: StepBody): boolean =>
  step === wanted || listsIn(step).some((list) => list.some((inner) => holds(inner, wanted)));

/** What the words of the definition say. */
class Model {
  private now = 0;
  /** All that was sent, and not taken back. */
  private sent: Waiting[] = [];
  private passed: Passed[] = [];
  /** Undefined if it may be meant for after the event. */
  private ahead: Ahead | undefined;

  constructor(private readonly world: World) {}

  play(steps: readonly StepBody[]): Called[] {
    let from: StepBody | undefined;
    for (;;) {
      try {
        this.untilEnd(steps, from);
        this.linger();
        break;
      } catch (error) {
        if (error instanceof Stopped) this.sent = this.sent.filter(({ at }) => at <= this.now);
        else if (!(error instanceof Back)) throw error;
        if (error instanceof Stopped) break;
        from = error.step;
      }
    }
    return this.sent.flatMap(({ template, at, goes: isOfUse }) => (isOfUse ? [{ template, at }] : []));
  }

  private untilEnd(steps: readonly StepBody[], from: StepBody | undefined): void {
    try {
      this.list(steps, from);
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
    }
  }

  /** The end is held while something is in its lane. */
  private linger(): void {
    this.passTo(Math.max(this.now, ...this.sent.map(({ at }) => at - 1)));
  }

  /** Whatever is heard of the event meanwhile may take the run back, or end it. */
  private passTo(minute: number): void {
    while (this.now < minute) {
      this.now = Math.min(minute, nextChange(this.world, this.now), this.world.stops);
      if (this.now >= this.world.stops) throw new Stopped();
      this.lookBack();
    }
  }

  /** To the first time that is ahead again, as long as nothing has left since. */
  private lookBack(): void {
    const isUndone = ({ step: { waitUntil }, sent }: Passed): boolean => {
      const target = waitUntil && this.target(waitUntil);
      return target !== undefined && target > this.now && sent.every(({ at }) => at > this.now);
    };
    const first = this.passed.findLastIndex((each) => !isUndone(each)) + 1;
    const { step } = this.passed[first] ?? {};
    if (!step) return;
    const undone = new Set(this.passed.slice(first).flatMap(({ sent }) => sent));
    this.sent = this.sent.filter((each) => !undone.has(each));
    this.passed = this.passed.slice(0, first);
    this.ahead = undefined;
    throw new Back(step);
  }

  private list(steps: readonly StepBody[], from?: StepBody): void {
    const start = from ? steps.findIndex((step) => holds(step, from)) : 0;
    for (let place = start; place < steps.length; place += 1) {
      const step = steps[place] ?? {};
      if (from && place === start && step !== from) {
        this.list(listsIn(step).find((list) => list.some((inner) => holds(inner, from))) ?? [], from);
        continue;
      }
      if (step.send) this.send(step.send);
      if (step.wait !== undefined) this.wait(minutesIn(step.wait));
      if (step.end) throw new Ended();
      if (step.branch) this.list(this.chosen(step.branch));
      if (step.report) this.list(this.reported(step.report));
      if (!step.waitUntil || this.until(step, step.waitUntil)) continue;
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
    const message = { template, at: call, accepted: now, goes: !limit || isAfter(end(call), call) };
    this.sent.push(message);
    this.passed.at(-1)?.sent.push(message);
  }

  private wait(length: number): void {
    this.passTo(this.now + length);
    const left = (this.ahead?.minutes ?? 0) - length;
    this.ahead = this.ahead && left > 0 ? { ...this.ahead, minutes: left } : undefined;
  }

  private chosen({ if: [condition], do: steps, else: otherwise = [] }: NonNullable<StepBody['branch']>): StepBody[] {
    return this.world.flags[condition?.field.replace('data.', '') ?? ''] === true ? steps : otherwise;
  }

  /** Whatever comes first: that, the end of the message, or of the time. */
  private reported({ is = 'delivered', within, do: steps = [], else: otherwise = [] }: ReportBody): StepBody[] {
    const last = this.sent.at(-1)?.accepted;
    if (last === undefined) return otherwise;
    const fate = fateOf(this.world, this.sent.length);
    const comes = Math.min(...SHOWN_BY[is].map((kind) => last + (fate[kind] ?? Number.POSITIVE_INFINITY)));
    const ends = last + (fate.missed ?? Number.POSITIVE_INFINITY);
    const over = this.now + minutesIn(within);
    if (comes <= over && comes <= Math.max(ends, this.now)) {
      this.passTo(comes);
      return steps;
    }
    this.passTo(Math.min(ends, over));
    return otherwise;
  }

  private target({ of, offset = 'PT0M', at }: UntilBody): number | undefined {
    const moment = momentAt(this.world, this.now, of);
    if (moment === undefined) return undefined;
    const time = moment + minutesIn(offset);
    if (at === undefined) return time;
    const [hours = 0, minutes = 0] = at.split(':').map(Number);
    return Math.floor(time / DAY) * DAY + hours * 60 + minutes;
  }

  /** False if what follows is left out. */
  private until(step: StepBody, body: UntilBody): boolean {
    const { of, ifPast, within = '' } = body;
    const known = <T>(time: T | undefined): T => {
      if (time === undefined) throw new Ended();
      return time;
    };
    const target = (): number => known(this.target(body));
    while (target() > this.now) this.passTo(Math.min(target(), nextChange(this.world, this.now)));
    const minutes = known(momentAt(this.world, this.now, of)) - target();
    const isPast = this.now - target() > minutesIn(within);
    if (isPast && ifPast === 'stop') throw new Ended();
    this.passed.push({ step, sent: [] });
    this.ahead = minutes > 0 ? { of, minutes } : undefined;
    return !isPast || ifPast === 'continue';
  }
}

const byModel = ({ steps }: DefinitionBody, world: World): Called[] => new Model(world).play(steps);

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

interface InLane extends Waiting {
  readonly planned: number | undefined;
}

/** What the engine does, looked at when it is due and whenever the event changes, until all that was sent has left. */
function byEngine(definition: DefinitionBody, world: World): Called[] {
  const program = compileDefinition(definition);
  let sent: InLane[] = [];
  const left = (): Called[] => sent.flatMap(({ template, at, goes: isOfUse }) => (isOfUse ? [{ template, at }] : []));
  let position: Position = { place: 0, waitingSince: null, reach: null, passed: [] };
  let now = 0;
  for (;;) {
    if (now >= world.stops) {
      sent = sent.filter(({ at }) => at <= world.stops);
      return left();
    }
    const { startsAt, endsAt } = factsAt(world, now).event ?? {};
    const sight: Sight = {
      now: timeOf(now),
      facts: { data: world.flags },
      moments: { ...(startsAt && { 'event.startsAt': startsAt }), ...(endsAt && { 'event.endsAt': endsAt }) },
      eventZone: 'UTC',
      recipientZone: 'UTC',
      ...becameOf(world, sent, now),
    };
    const hasLeft = (place: number): boolean => sent.some(({ planned, at }) => planned === place && at <= now);
    const way = wayBack(program, position, sight, hasLeft);
    if (way) {
      const undone = position.passed.slice(way.passed.length);
      sent = sent.filter(({ planned }) => planned === undefined || !undone.includes(planned));
      position = way;
      continue;
    }
    const move = nextMove(program, position, sight);
    if (move.kind === 'end') {
      const next = Math.min(nextChange(world, now), world.stops);
      if (!sent.some(({ at }) => at > next)) return left();
      now = next;
      position = { ...move.position, place: program.instructions.length };
      continue;
    }
    if (move.kind === 'wait') {
      position = JSON.parse(JSON.stringify(move.position), revived) as Position;
      const news = move.awaits ? nextNews(world, sent, now) : Number.POSITIVE_INFINITY;
      now = Math.min((move.until.getTime() - ZERO) / MINUTE, nextChange(world, now), news, world.stops);
      continue;
    }
    if (move.kind === 'send') {
      const [template = ''] = move.instruction.send.templates;
      const at = now + (world.delays[template] ?? 0);
      const planned = move.next.passed.at(-1);
      sent.push({ template, at, accepted: now, goes: goes(move.notAfter, world, at), planned });
    }
    position = move.next;
  }
}
/** What is known of the last message: a status outranks an earlier one, and what is done about it is added up. */
function becameOf(world: World, sent: readonly Waiting[], now: number): Pick<Sight, 'report' | 'engagement'> {
  const last = sent.at(-1)?.accepted;
  if (last === undefined) return { report: 'missed', engagement: new Set() };
  const fate = fateOf(world, sent.length);
  const isSo = (kind: keyof Fate): boolean => last + (fate[kind] ?? Number.POSITIVE_INFINITY) <= now;
  return {
    report: (['delivered', 'missed', 'read'] as const).findLast(isSo) ?? 'open',
    engagement: new Set(ENGAGEMENTS.filter(isSo)),
  };
}

/** When something more becomes of it. */
function nextNews(world: World, sent: readonly Waiting[], now: number): number {
  const last = sent.at(-1)?.accepted ?? 0;
  const times = Object.values(fateOf(world, sent.length)).map((after) => last + after);
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
  stops: fc.oneof({ arbitrary: fc.constant(Number.POSITIVE_INFINITY), weight: 3 }, fc.integer({ min: 1, max: 3_000 })),
});

test('Any rule, while its event is moved about, people hear of it or not, and it may be stopped, calls for what its words say, when they say so', () => {
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
