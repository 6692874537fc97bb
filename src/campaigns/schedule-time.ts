/** A campaign's start: an instant, or a local time in the tenant's time zone. */
import { Temporal } from 'temporal-polyfill';
import { BadSchedule } from '../dispatch/index.js';

const FARTHEST_MS = 366 * 86_400_000;
const CLOCK_SKEW_MS = 60_000;
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

const fault = (message: string): BadSchedule => new BadSchedule(message, 'scheduledAt');

/** The local time of a time zone at an instant: `2026-11-27T18:00:00+01:00[Europe/Berlin]`. */
export function wallClock(time: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone).toString();
}

function instantOf(text: string): Date | undefined {
  return attempt(() => Temporal.Instant.from(text).epochMilliseconds);
}

function localOf(text: string, timeZone: string): Date | undefined {
  return attempt(
    () =>
      Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds,
  );
}

function attempt(read: () => number): Date | undefined {
  try {
    return new Date(read());
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
