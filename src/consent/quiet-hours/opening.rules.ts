/** When the hours begin in which marketing may go. Pure. */
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS, type SendingHours } from '../../tenants/index.js';

const DAY_MS = 24 * 3_600_000;
/** Hours come again every week, so what is not open by then never is. */
const LONGEST_MS = 8 * DAY_MS;

/**
 * The first instant from `now` on at which each of these hours is open in each of the zones; `now` itself if that is one. Hours begin and end by the
 * clocks there: a time that clocks skip in spring is moved past the gap, of one that they repeat in autumn both are meant. Undefined if there
 * is none within a week. Raises RangeError for an unknown zone.
 */
export function openingOf(
  hours: readonly (readonly SendingHours[])[],
  zones: readonly string[],
  now: Date,
): Date | undefined {
  const latest = now.getTime() + LONGEST_MS;
  for (let at = now.getTime(); at <= latest;) {
    const local = zones.map((zone) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone));
    const openings = hours.flatMap((of) => local.map((clock) => openingFrom(of, clock)));
    const next = Math.max(at, ...openings);
    if (next === at) return new Date(at);
    at = next;
  }
  return undefined;
}

/** When hours are open next on a clock, in epoch milliseconds: the present if they are. */
function openingFrom(hours: readonly SendingHours[], clock: Temporal.ZonedDateTime): number {
  const now = clock.epochMilliseconds;
  for (let days = 0; days <= WEEKDAYS.length; days += 1) {
    const day = clock.toPlainDate().add({ days });
    const weekday = WEEKDAYS[day.dayOfWeek - 1];
    const ofDay = hours.filter(({ days: of }) => of.some((one) => one === weekday));
    const openings = ofDay
      .map(({ from, to }) => ({ from: onClock(day, from, clock), to: onClock(day, to, clock) }))
      .filter(({ to }) => to > now)
      .map(({ from }) => Math.max(from, now));
    if (openings.length > 0) return Math.min(...openings);
  }
  return Infinity;
}

/** A time of a day in the clock's zone; the end of hours is the later one where clocks repeat it, so that it is not before their beginning. */
function onClock(day: Temporal.PlainDate, time: string, { timeZoneId }: Temporal.ZonedDateTime): number {
  const isMidnight = time === '24:00';
  const date = isMidnight ? day.add({ days: 1 }) : day;
  return date.toZonedDateTime({ timeZone: timeZoneId, plainTime: isMidnight ? '00:00' : time }).epochMilliseconds;
}
