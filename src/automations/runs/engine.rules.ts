/** Where a run goes from its place: pure, so that the same run at the same time always does the same. */
import type { Moment } from '../../host-data/index.js';
import type { Engagement } from '../../ledger/index.js';
import { allHold, type Facts } from '../rules/conditions.js';
import type { ReportKind } from '../rules/definition.dto.js';
import { atHour, later, quietUntil } from '../rules/durations.js';
import type { Instruction, Program, SendInstruction, UntilInstruction } from '../rules/program.js';

/** How far what follows reaches: it was planned for so long before this moment, and is of no use after it. */
export interface Reach {
  readonly notAfter: Moment;
  readonly aheadMs: number;
}

/** Where a run stands. */
export interface Position {
  readonly place: number;
  /** When it began to wait at this place; null if it does not. */
  readonly waitingSince: Date | null;
  /** What the waits on its way have left of it; null if nothing, or they led past the moment: what follows is for any time. */
  readonly reach: Reach | null;
  /** The places of each `waitUntil` on its way. */
  readonly passed: readonly number[];
}

/** What has become of the last message: not decided yet, delivered, read, or ended without reaching anybody. */
export type Report = 'open' | 'delivered' | 'read' | 'missed';

/** All that a move depends on. */
export interface Sight {
  readonly now: Date;
  /** For conditions. */
  readonly facts: Facts;
  /** When the event begins and ends, and when the offer lapses, as far as is known. */
  readonly moments: Readonly<Partial<Record<Moment | 'offer.until', Date>>>;
  /** The event's own time zone. */
  readonly eventZone: string;
  /** The recipient's. */
  readonly recipientZone: string;
  /** Of the last message of the run; `missed` where there is none. */
  readonly report: Report;
  /** What the person did about it, or about one that it followed. */
  readonly engagement: ReadonlySet<Engagement>;
}

export type Move =
  | {
      readonly kind: 'send';
      readonly instruction: SendInstruction;
      /** When it is of no use any more, wherever that is moved to. */
      readonly notAfter: Moment | null;
      /** The same as a fixed time. */
      readonly expiresAt: Date | null;
      readonly next: Position;
    }
  /** A step that is left out. */
  | { readonly kind: 'skip'; readonly path: string; readonly reason: SkipReason; readonly next: Position }
  /** Looked at again then, or as soon as the event changes; with `awaits`, also once the message has moved. */
  | { readonly kind: 'wait'; readonly until: Date; readonly position: Position; readonly awaits?: true }
  | (End & { readonly position: Position });

interface End {
  readonly kind: 'end';
  readonly status: 'done' | 'stopped';
  readonly reason: EndReason | null;
}

export type SkipReason = 'too_late' | 'quiet_hours';
export type EndReason = 'conditions_not_met' | 'ended_by_rule' | 'too_late' | 'event_time_unknown';

/** Another place, or a move. */
type Step = Position | Exclude<Move, { kind: 'end' }> | End;

const DONE: End = { kind: 'end', status: 'done', reason: null };

/** The next move that has an effect. */
export function nextMove(program: Program, position: Position, sight: Sight): Move {
  let here = position;
  for (;;) {
    const instruction = program.instructions[here.place];
    const step = instruction ? stepFrom(instruction, here, sight, program) : DONE;
    if (!('kind' in step)) here = step;
    else return step.kind === 'end' ? { ...step, position: here } : step;
  }
}

/** What a time that is waited for depends on. */
type Clocks = Pick<Sight, 'now' | 'moments' | 'eventZone'>;

/**
 * Where a run goes back to, since a time that it has waited for is ahead of it again: to the first such `waitUntil` since which nothing
 * has left; undefined if there is none. `hasLeft` is asked of what was sent after one, and before the next.
 */
export function wayBack(
  { instructions }: Program,
  { passed }: Position,
  clocks: Clocks,
  hasLeft: (place: number) => boolean,
): Position | undefined {
  const isGone = (place: number): boolean => !isAhead(instructions[place], clocks) || hasLeft(place);
  const first = passed.findLastIndex(isGone) + 1;
  const place = passed[first];
  return place === undefined ? undefined : { place, waitingSince: null, reach: null, passed: passed.slice(0, first) };
}

function isAhead(instruction: Instruction | undefined, clocks: Clocks): boolean {
  const moment = instruction?.op === 'until' ? clocks.moments[instruction.of] : undefined;
  const due = instruction?.op === 'until' && moment ? dueOf(instruction, moment, clocks) : undefined;
  return due !== undefined && due > clocks.now;
}

const moved = ({ reach, passed }: Position, place: number): Position => ({ place, waitingSince: null, reach, passed });

function stepFrom(instruction: Instruction, here: Position, sight: Sight, program: Program): Step {
  switch (instruction.op) {
    case 'send':
      return send(instruction, here, sight, program);
    case 'jump':
      return moved(here, instruction.to);
    case 'require':
      return allHold(instruction.conditions, sight.facts)
        ? moved(here, here.place + 1)
        : { kind: 'end', status: 'stopped', reason: 'conditions_not_met' };
    case 'test':
      return moved(here, allHold(instruction.conditions, sight.facts) ? here.place + 1 : instruction.otherwise);
    case 'wait':
      return wait(instruction, here, sight);
    case 'until':
      return until(instruction, here, sight);
    case 'report':
      return reported(instruction, here, sight);
    case 'end':
      return { kind: 'end', status: 'stopped', reason: 'ended_by_rule' };
  }
}

const since = ({ waitingSince }: Position, { now }: Sight): Date => waitingSince ?? now;

function waited(here: Position, due: Date, sight: Sight): Step {
  if (due <= sight.now) return moved(here, here.place + 1);
  return { kind: 'wait', until: due, position: { ...here, waitingSince: since(here, sight) } };
}

/** One that was to end after the event, had the run been in time, leads to what is meant for afterwards. */
function wait({ duration }: Extract<Instruction, { op: 'wait' }>, here: Position, sight: Sight): Step {
  const begun = since(here, sight);
  const due = later(begun, duration, sight.recipientZone);
  const next = waited(here, due, sight);
  return 'kind' in next ? next : { ...next, reach: shortened(here.reach, due.getTime() - begun.getTime()) };
}

const shortened = (reach: Reach | null, byMs: number): Reach | null =>
  reach && reach.aheadMs > byMs ? { ...reach, aheadMs: reach.aheadMs - byMs } : null;

function until(instruction: UntilInstruction, here: Position, sight: Sight): Step {
  const moment = sight.moments[instruction.of];
  const due = moment && dueOf(instruction, moment, sight);
  if (!due) return { kind: 'end', status: 'stopped', reason: 'event_time_unknown' };
  if (due > sight.now) return waited(here, due, sight);
  const planned: Position = {
    ...here,
    reach: reachOf(instruction.of, moment.getTime() - due.getTime()),
    passed: [...here.passed, here.place],
  };
  if (sight.now <= later(due, instruction.within, 'UTC')) return moved(planned, here.place + 1);
  if (instruction.ifPast === 'stop') return { kind: 'end', status: 'stopped', reason: 'too_late' };
  if (instruction.ifPast === 'continue') return moved(planned, here.place + 1);
  return { kind: 'skip', path: instruction.path, reason: 'too_late', next: moved(planned, instruction.past) };
}

/** Of what is planned for so long before a moment: at it or after it, it is meant for afterwards. */
const reachOf = (notAfter: Moment, aheadMs: number): Reach | null => (aheadMs > 0 ? { notAfter, aheadMs } : null);

/** When it is time: on the event's own clocks. */
function dueOf({ offset, at }: UntilInstruction, moment: Date, { eventZone }: Clocks): Date | undefined {
  const time = later(moment, offset, eventZone);
  const due = at === null ? time : atHour(time, at, eventZone);
  // A date that stands for none, such as the last one that PostgreSQL writes with four digits.
  return due.getUTCFullYear() > 9_999 ? undefined : due;
}

function reported(
  { is, within, otherwise }: Extract<Instruction, { op: 'report' }>,
  here: Position,
  sight: Sight,
): Step {
  if (hasCome(is, sight)) return moved(here, here.place + 1);
  if (sight.report === 'missed') return moved(here, otherwise);
  const due = later(since(here, sight), within, 'UTC');
  return due <= sight.now
    ? moved(here, otherwise)
    : { kind: 'wait', until: due, position: { ...here, waitingSince: since(here, sight) }, awaits: true };
}

/** Whoever has read it has received it, and whoever has clicked in it has opened it. */
function hasCome(is: ReportKind, { report, engagement }: Sight): boolean {
  switch (is) {
    case 'delivered':
      return report === 'delivered' || report === 'read';
    case 'read':
      return report === 'read';
    case 'opened':
      return engagement.has('opened') || engagement.has('clicked');
    case 'clicked':
    case 'answered':
      return engagement.has(is);
  }
}

function send(instruction: SendInstruction, here: Position, sight: Sight, { to, quietHours }: Program): Step {
  const { now, moments, recipientZone } = sight;
  const { path, send: what } = instruction;
  const next = moved(here, here.place + 1);
  const notAfter = what.notAfter ?? here.reach?.notAfter ?? null;
  const expiresAt = (to === 'waitlist' && moments['offer.until']) || null;
  if (notAfter && !moments[notAfter]) return { kind: 'end', status: 'stopped', reason: 'event_time_unknown' };
  const ends = [notAfter && moments[notAfter], expiresAt];
  if (ends.some((end) => end && end <= now)) return { kind: 'skip', path, reason: 'too_late', next };
  const quietEnd = quietHours && !what.evenQuiet ? quietUntil(now, quietHours, recipientZone) : undefined;
  if (!quietEnd) return { kind: 'send', instruction, notAfter, expiresAt, next };
  if (quietHours?.messages === 'drop') return { kind: 'skip', path, reason: 'quiet_hours', next };
  return { kind: 'wait', until: quietEnd, position: here };
}
