/** Times as spreadsheets and exports write them. */
import { Temporal } from 'temporal-polyfill';

export const DATE_ORDERS = ['day-first', 'month-first'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

export interface TimeReading {
  /** For times without an offset. */
  readonly timeZone: string;
  /** Of dates such as `05/01/2026`. Without it, one that can be read both ways is ambiguous. */
  readonly dateOrder?: DateOrder;
}

const OFFSET = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}/;
const PARTS =
  /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?m?\.?)?$/i;
/** Days since 1899-12-30, as spreadsheets count them: here from 1954 to 2173. */
const SERIAL = /^([2-9]\d{4})(?:[.,](\d+))?$/;
const SERIAL_EPOCH = new Temporal.PlainDateTime(1899, 12, 30);
const UNIX = /^\d{10}(?:\d{3})?$/;
const DAY_MS = 86_400_000;

/**
 * Reads ISO 8601 with or without an offset, `05.01.2026 10:30`, `1/31/2026 5:30 PM`, a spreadsheet's day number, or Unix time in
 * seconds or milliseconds. Undefined for what is no such time, or no day of the calendar.
 */
export function readSpreadsheetTime(text: string, reading: TimeReading): Date | 'ambiguous' | undefined {
  const given = text.trim().replace(/\s*(?:UTC|GMT)$/i, 'Z');
  if (ISO_DATE.test(given)) return isoTime(given, reading.timeZone);
  if (UNIX.test(given)) return new Date(given.length === 10 ? Number(given) * 1_000 : Number(given));
  const serial = SERIAL.exec(given);
  if (serial) return local(() => serialTime(serial), reading.timeZone);
  const parts = PARTS.exec(given.replace(/Z$/, ''));
  return parts ? partsTime(parts, given.endsWith('Z') ? { ...reading, timeZone: 'UTC' } : reading) : undefined;
}

function isoTime(text: string, timeZone: string): Date | undefined {
  if (text.length > 10 && OFFSET.test(text)) {
    return attempt(() => new Date(Temporal.Instant.from(text).epochMilliseconds));
  }
  return local(() => Temporal.PlainDateTime.from(text), timeZone);
}

function serialTime([, days, fraction = '0']: readonly (string | undefined)[]): Temporal.PlainDateTime {
  const milliseconds = Math.round((Number(`0.${fraction}`) * DAY_MS) / 1_000) * 1_000;
  return SERIAL_EPOCH.add({ days: Number(days), milliseconds });
}

function partsTime(parts: readonly (string | undefined)[], reading: TimeReading): Date | 'ambiguous' | undefined {
  const [first, second] = [Number(parts[1]), Number(parts[3])];
  const canSwap = parts[2] !== '.' && first !== second && first <= 12 && second <= 12;
  if (canSwap && !reading.dateOrder) return 'ambiguous';
  const isMonthFirst = parts[2] !== '.' && (canSwap ? reading.dateOrder === 'month-first' : second > 12);
  const [day, month] = isMonthFirst ? [second, first] : [first, second];
  const { hour, minute, second: seconds } = clock(parts);
  const fields = { year: yearOf(parts[4] ?? ''), month, day, hour, minute, second: seconds };
  return local(() => Temporal.PlainDateTime.from(fields, { overflow: 'reject' }), reading.timeZone);
}

function clock(parts: readonly (string | undefined)[]): { hour: number; minute: number; second: number } {
  const [hour, minute, second] = [parts[5], parts[6], parts[7]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  const half = parts[8]?.toLowerCase();
  return { hour: half === undefined ? hour : (hour % 12) + (half === 'p' ? 12 : 0), minute, second };
}

const yearOf = (text: string): number =>
  text.length === 4 ? Number(text) : Number(text) + (Number(text) < 70 ? 2_000 : 1_900);

/** A time skipped in spring is moved past the gap; of one repeated in autumn the first is taken (RFC 5545, 3.3.5). */
const local = (read: () => Temporal.PlainDateTime, timeZone: string): Date | undefined =>
  attempt(() => new Date(read().toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds));

function attempt(read: () => Date): Date | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
