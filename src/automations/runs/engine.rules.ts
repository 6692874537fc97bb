/** Where a run goes from its place: pure, so that the same run at the same time always does the same. */
import { allHold, type Facts } from '../rules/conditions.js';
import { atHour, later, quietUntil } from '../rules/durations.js';
import type { Instruction, Limit, Program, SendInstruction, UntilInstruction } from '../rules/program.js';

/** Where a run stands. */
export interface Position {
  readonly place: number;
  /** When it began to wait at this place; null if it does not. */
  readonly waitingSince: Date | null;
}

/** What has become of the last message: not decided yet, delivered, read, or ended without reaching anybody. */
export type Report = 'open' | 'delivered' | 'read' | 'missed';

/** All that a move depends on. */
export interface Sight {
  readonly now: Date;
  /** For conditions. */
  readonly facts: Facts;
  /** When the event begins and ends, and when the offer lapses, as far as is known. */
  readonly moments: Readonly<Partial<Record<Limit, Date>>>;
  /** The event's own time zone. */
  readonly eventZone: string;
  /** The recipient's. */
  readonly recipientZone: string;
  /** Of the last message of the run; `missed` where there is none. */
  readonly report: Report;
}

export type Move =
  | {
      readonly kind: 'send';
      readonly instruction: SendInstruction;
      readonly expiresAt: Date | null;
      readonly next: Position;
    }
  /** A step that is left out. */
  | { readonly kind: 'skip'; readonly path: string; readonly reason: SkipReason; readonly next: Position }
  /** Looked at again then, or as soon as the event changes; with `awaits`, also once the message has moved. */
  | { readonly kind: 'wait'; readonly until: Date; readonly position: Position; readonly awaits?: true }
  | { readonly kind: 'end'; readonly status: 'done' | 'stopped'; readonly reason: EndReason | null };

export type SkipReason = 'too_late' | 'quiet_hours';
export type EndReason = 'conditions_not_met' | 'ended_by_rule' | 'too_late' | 'event_time_unknown';

/** The next move that has an effect. */
export function nextMove({ instructions, quietHours }: Program, position: Position, sight: Sight): Move {
  let here = position;
  for (;;) {
    const instruction = instructions[here.place];
    if (!instruction) return { kind: 'end', status: 'done', reason: null };
    if (instruction.op === 'send') return send(instruction, here, sight, quietHours);
    const step = follow(instruction, here, sight);
    if ('kind' in step) return step;
    here = step;
  }
}

const moved = (place: number): Position => ({ place, waitingSince: null });

/** Another place, or a move. */
function follow(instruction: Exclude<Instruction, SendInstruction>, here: Position, sight: Sight): Position | Move {
  switch (instruction.op) {
    case 'jump':
      return moved(instruction.to);
    case 'require':
      return allHold(instruction.conditions, sight.facts)
        ? moved(here.place + 1)
        : { kind: 'end', status: 'stopped', reason: 'conditions_not_met' };
    case 'test':
      return moved(allHold(instruction.conditions, sight.facts) ? here.place + 1 : instruction.otherwise);
    case 'wait':
      return waited(here, later(since(here, sight), instruction.duration, sight.recipientZone), sight);
    case 'until':
      return until(instruction, here, sight);
    case 'report':
      return reported(instruction, here, sight);
    case 'end':
      return { kind: 'end', status: 'stopped', reason: 'ended_by_rule' };
  }
}

const since = ({ waitingSince }: Position, { now }: Sight): Date => waitingSince ?? now;

function waited(here: Position, due: Date, sight: Sight): Position | Move {
  if (due <= sight.now) return moved(here.place + 1);
  return { kind: 'wait', until: due, position: { place: here.place, waitingSince: since(here, sight) } };
}

function until(instruction: UntilInstruction, here: Position, sight: Sight): Position | Move {
  const due = dueOf(instruction, sight);
  if (!due) return { kind: 'end', status: 'stopped', reason: 'event_time_unknown' };
  if (due > sight.now || sight.now <= later(due, instruction.within, 'UTC')) return waited(here, due, sight);
  if (instruction.ifPast === 'stop') return { kind: 'end', status: 'stopped', reason: 'too_late' };
  if (instruction.ifPast === 'continue') return moved(here.place + 1);
  return { kind: 'skip', path: instruction.path, reason: 'too_late', next: moved(instruction.past) };
}

/** When it is time: on the event's own clocks. */
function dueOf({ of, offset, at }: UntilInstruction, { moments, eventZone }: Sight): Date | undefined {
  const moment = moments[of];
  if (!moment) return undefined;
  const time = later(moment, offset, eventZone);
  const due = at === null ? time : atHour(time, at, eventZone);
  // A date that stands for none, such as the last one that PostgreSQL writes with four digits.
  return due.getUTCFullYear() > 9_999 ? undefined : due;
}

function reported(
  { is, within, otherwise }: Extract<Instruction, { op: 'report' }>,
  here: Position,
  sight: Sight,
): Position | Move {
  const { report } = sight;
  if (report === 'read' || report === is) return moved(here.place + 1);
  if (report === 'missed') return moved(otherwise);
  const due = later(since(here, sight), within, 'UTC');
  return due <= sight.now
    ? moved(otherwise)
    : { kind: 'wait', until: due, position: { place: here.place, waitingSince: since(here, sight) }, awaits: true };
}

function send(instruction: SendInstruction, here: Position, sight: Sight, quiet: Program['quietHours']): Move {
  const { now, moments, recipientZone } = sight;
  const { path, notAfter, send: what } = instruction;
  const next = moved(here.place + 1);
  const expiresAt = (notAfter && moments[notAfter]) ?? null;
  if (expiresAt && expiresAt <= now) return { kind: 'skip', path, reason: 'too_late', next };
  const end = quiet && !what.evenQuiet ? quietUntil(now, quiet, recipientZone) : undefined;
  if (!end) return { kind: 'send', instruction, expiresAt, next };
  if (quiet?.messages === 'drop') return { kind: 'skip', path, reason: 'quiet_hours', next };
  return { kind: 'wait', until: end, position: here };
}
