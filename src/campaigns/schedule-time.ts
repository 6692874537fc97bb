/** A campaign's start: an instant, or a local time in the tenant's time zone. */
import { Temporal } from 'temporal-polyfill';
import { BadSchedule } from '../dispatch/index.js';
import { worldwide, type IfPast } from './hours/recipient-hour.rules.js';

const FARTHEST_MS = 366 * 86_400_000;
const CLOCK_SKEW_MS = 60_000;
/** On whose clock a local time is. */
export const ZONES = ['tenant', 'recipient'] as const;
export type ScheduleZone = (typeof ZONES)[number];

/** A schedule as it is asked for. */
export interface AskedSchedule {
  readonly scheduledAt: string;
  readonly inZone?: ScheduleZone | undefined;
  readonly ifPast?: IfPast | undefined;
}

/** What is kept of a schedule. */
export interface Schedule {
  readonly scheduledAt: Date;
  readonly localTime: string | null;
  readonly ifPast: IfPast | null;
}

/** On nobody's own clock. */
export const AT_ONCE = { localTime: null, ifPast: null } as const;

const HAS_OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Reads `2026-11-27T18:00:00Z`, with any offset, or `2026-11-27T18:00`, local time in the time zone. A time skipped in spring
 * is moved past the gap by the gap's length; of one repeated in autumn the first is taken (RFC 5545, 3.3.5). Raises BadSchedule
 * for an invalid time, a past one, or one more than a year ahead.
 */
export function readScheduleTime(text: string, timeZone: string, now = Date.now()): Date {
  const time = HAS_OFFSET.test(text) ? instantOf(text) : localOf(text, timeZone);
  if (time === undefined) {
    throw fault(`scheduledAt must be a time such as 2026-11-27T18:00 (in ${timeZone}) or 2026-11-27T17:00:00Z`);
  }
  if (time.getTime() < now - CLOCK_SKEW_MS) throw fault('scheduledAt is in the past: launch it now instead');
  if (time.getTime() > now + FARTHEST_MS) throw fault('scheduledAt is more than a year ahead');
  return time;
}

/**
 * Reads a schedule. By the recipients' clocks it starts when that time comes first, anywhere. Raises BadSchedule for what `readScheduleTime` and
 * `readRecipientTime` raise it for, and for `ifPast` without these clocks.
 */
export function readSchedule(
  { scheduledAt, inZone, ifPast }: AskedSchedule,
  timeZone: string,
  now = Date.now(),
): Schedule {
  if (inZone === 'recipient') return { ...readRecipientTime(scheduledAt, now), ifPast: ifPast ?? 'next_day' };
  if (ifPast !== undefined) throw new BadSchedule('ifPast is for a schedule with inZone `recipient`', 'ifPast');
  return { scheduledAt: readScheduleTime(scheduledAt, timeZone, now), ...AT_ONCE };
}

/** Raises BadSchedule for a time with an offset, for one that has passed everywhere, or comes more than a year ahead. */
function readRecipientTime(text: string, now: number): Pick<Schedule, 'scheduledAt' | 'localTime'> {
  const local = HAS_OFFSET.test(text) ? undefined : attempt(() => Temporal.PlainDateTime.from(text));
  if (!local) throw fault('scheduledAt must be a local time such as 2026-11-27T18:00, without an offset');
  const { first, last } = worldwide(local);
  if (last.getTime() < now) throw fault('scheduledAt has passed in every time zone: launch it now instead');
  if (first.getTime() > now + FARTHEST_MS) throw fault('scheduledAt is more than a year ahead');
  return { scheduledAt: new Date(Math.max(first.getTime(), now)), localTime: local.toString() };
}

const fault = (message: string): BadSchedule => new BadSchedule(message, 'scheduledAt');

/** The local time of a time zone at an instant: `2026-11-27T18:00:00+01:00[Europe/Berlin]`. */
export function wallClock(time: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone).toString();
}

function instantOf(text: string): Date | undefined {
  return attempt(() => new Date(Temporal.Instant.from(text).epochMilliseconds));
}

function localOf(text: string, timeZone: string): Date | undefined {
  return attempt(
    () =>
      new Date(
        Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds,
      ),
  );
}

function attempt<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
