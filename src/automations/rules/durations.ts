/** Lengths of time in rules: ISO 8601, such as `PT24H` or `-P1D`. */
import { Temporal } from 'temporal-polyfill';

/** A day or a week is one of the calendar, and may have 23 or 25 hours; months and years are no lengths of a wait. */
const FORM = /^[+-]?P(?=[\dT])(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,5}H)?(\d{1,6}M)?(\d{1,7}S)?)?$/;
const LONGEST_DAYS = 730;

export const DURATION =
  'an ISO 8601 duration in weeks, days, hours, minutes or seconds, such as PT24H or P1D, of at most two years';
export const SIGNED_DURATION = `${DURATION}; before a time it begins with a minus, such as -PT24H`;

/** True for a length from nothing to two years. */
export const isDuration = (text: unknown): boolean => isSignedDuration(text) && !String(text).startsWith('-');

/** The same, also for a time before. */
export function isSignedDuration(text: unknown): boolean {
  if (typeof text !== 'string' || !FORM.test(text)) return false;
  const days = Temporal.Duration.from(text).total({ unit: 'days', relativeTo: '2026-01-01' });
  return Math.abs(days) <= LONGEST_DAYS;
}

/** Hours, minutes and seconds are the same on all clocks. */
const EXACT = /^([+-]?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/;

/** A time that is so much later, or earlier, on the clocks of this time zone. */
export function later(time: Date, duration: string, timeZone: string): Date {
  const exact = EXACT.exec(duration); // most waits, and many times faster
  if (exact) {
    const [, sign, hours = 0, minutes = 0, seconds = 0] = exact;
    const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
    return new Date(time.getTime() + (sign === '-' ? -ms : ms));
  }
  const start = Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone);
  return new Date(start.add(Temporal.Duration.from(duration)).epochMilliseconds);
}

/** That day at this hour, such as `10:00`; a time that the day skips is moved past the gap (RFC 5545, 3.3.5). */
export function atHour(time: Date, hour: string, timeZone: string): Date {
  const day = Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const wall = day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(hour) });
  return new Date(wall.epochMilliseconds);
}

/** When the quiet hours that this time is in are over; undefined if it is in none. From and to such as `21:00` and `08:00`. */
export function quietUntil(
  time: Date,
  { from, to }: { readonly from: string; readonly to: string },
  timeZone: string,
): Date | undefined {
  const days = [-1, 0].map((offset) => later(time, `${offset < 0 ? '-' : ''}P${Math.abs(offset)}D`, timeZone));
  for (const day of days) {
    const begin = atHour(day, from, timeZone);
    const end = atHour(to > from ? day : later(day, 'P1D', timeZone), to, timeZone);
    if (time >= begin && time < end) return end;
  }
  return undefined;
}
