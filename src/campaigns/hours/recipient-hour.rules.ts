/** When a campaign comes that is scheduled by the recipient's own clock. Pure. */
import { Temporal } from 'temporal-polyfill';

/** What somebody gets whose hour has passed when the campaign starts: the next such hour, within a day, or the message at once. */
export const IF_PAST = ['next_day', 'at_once'] as const;
export type IfPast = (typeof IF_PAST)[number];

/** An hour on the clock of each recipient. */
export interface RecipientHour {
  /** `2026-11-27T18:00:00`, without a zone. */
  readonly localTime: string;
  readonly ifPast: IfPast;
  /** Nothing comes before. */
  readonly start: Date;
}

/** Where a day begins first, and where it ends last. */
const EASTERNMOST = '+14:00';
const WESTERNMOST = '-12:00';
/** POSIX counts west of Greenwich as positive. */
export const WESTERNMOST_IN_SQL = 'UTC+12';

/**
 * The instant in a time zone; `start` for whom it is at once. A time that clocks skip in spring is moved past the gap by the gap's length; of
 * one that they repeat in autumn the first is taken (RFC 5545, 3.3.5). Undefined for an unknown zone.
 */
export function hourIn(zone: string, { localTime, ifPast, start }: RecipientHour): Date | undefined {
  const local = Temporal.PlainDateTime.from(localTime);
  try {
    const hour = instantIn(local, zone);
    if (hour >= start) return hour;
    if (ifPast === 'at_once') return start;
    const day = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(zone).toPlainDate();
    const today = instantIn(day.toPlainDateTime(local.toPlainTime()), zone);
    return today >= start ? today : instantIn(day.add({ days: 1 }).toPlainDateTime(local.toPlainTime()), zone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** When this time comes to the first, and to the last of all time zones. */
export function worldwide(local: Temporal.PlainDateTime): { readonly first: Date; readonly last: Date } {
  return { first: instantIn(local, EASTERNMOST), last: instantIn(local, WESTERNMOST) };
}

function instantIn(local: Temporal.PlainDateTime, zone: string): Date {
  return new Date(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);
}
