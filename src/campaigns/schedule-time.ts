/** The hour of a campaign: an instant, or a local time in the tenant's own time zone. */
import { Temporal } from 'temporal-polyfill';
import { BadSchedule } from '../dispatch/index.js';

const FARTHEST_MS = 366 * 86_400_000;
const CLOCK_SKEW_MS = 60_000;
const HAS_OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Reads `2026-11-27T18:00:00Z`, with any offset, or `2026-11-27T18:00`, which is the wall clock of the time zone. Where that
 * clock skips the hour in spring, the time just after the gap as long as the gap is meant; where it repeats it in autumn, the
 * first of the two (RFC 5545, 3.3.5). Raises BadSchedule for what is no time, past, or more than a year ahead.
 */
export function readScheduleTime(text: string, timeZone: string, now = Date.now()): Date {
  const time = HAS_OFFSET.test(text) ? instantOf(text) : localOf(text, timeZone);
  if (time === undefined) {
    throw new BadSchedule(
      `scheduledAt must be a time such as 2026-11-27T18:00 (in ${timeZone}) or 2026-11-27T17:00:00Z`,
    );
  }
  if (time.getTime() < now - CLOCK_SKEW_MS) throw new BadSchedule('scheduledAt is in the past: launch it now instead');
  if (time.getTime() > now + FARTHEST_MS) throw new BadSchedule('scheduledAt is more than a year ahead');
  return time;
}

/** What the wall clock of a time zone shows at an instant: `2026-11-27T18:00:00+01:00[Europe/Berlin]`. */
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
