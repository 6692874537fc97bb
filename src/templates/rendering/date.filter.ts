/** The Liquid filter `date`: the same result on every host, whatever the host's time zone. */
import { UnusableValue } from './printing.js';
import { formatter, remembered } from '../remembered.js';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

const CLOCK: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};
const NAMES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  A: { weekday: 'long' },
  a: { weekday: 'short' },
  B: { month: 'long' },
  b: { month: 'short' },
};
/** Conversions that print the day beside which a month takes another form. */
const DAYS = /%[-^]?[de]/;

interface Moment {
  readonly at: Date;
  readonly zone: string;
  readonly locale: string;
  /** The local time of the zone, held in the UTC fields of a Date. */
  readonly wall: Date;
  /** Whether the day is printed too: `5 grudnia`, but `grudzień 2026`. */
  readonly hasDay: boolean;
}

const clocks = remembered((zone) =>
  formatter(() => new Intl.DateTimeFormat('en-US', { ...CLOCK, timeZone: zone }), 'date knows no such time zone'),
);
/** Always Gregorian, as are the other conversions: many locales would name the month of another calendar. */
const names = remembered((conversion, locale, zone, day = '') =>
  formatter(
    () =>
      new Intl.DateTimeFormat(locale, {
        calendar: 'gregory',
        timeZone: zone,
        ...NAMES[conversion],
        ...(day && { day: 'numeric' }),
      }),
    'date knows no such locale',
  ),
);

type Conversion = (moment: Moment) => string;

const padded =
  (width: number, fill: string, read: (wall: Date) => number): Conversion =>
  ({ wall }) =>
    String(read(wall)).padStart(width, fill);
const named =
  (conversion: string): Conversion =>
  ({ at, locale, zone }) =>
    names(conversion, locale, zone).format(at);
const monthName =
  (conversion: string): Conversion =>
  ({ at, locale, zone, hasDay }) => {
    const alone = names(conversion, locale, zone).format(at);
    if (!hasDay) return alone;
    const parts = names(conversion, locale, zone, 'with its day').formatToParts(at);
    const inflected = parts.find(({ type }) => type === 'month')?.value ?? alone;
    return isInflected(inflected, alone) ? inflected : alone;
  };
/** Not where the month is a number beside a day (`12月5日`), or only a preposition or a dot is added, which formats have already. */
const isInflected = (form: string, alone: string): boolean =>
  !/^\d+$/.test(form) && form !== `${alone}.` && !form.endsWith(` ${alone}`) && !form.endsWith(`’${alone}`);
const half = (wall: Date): number => wall.getUTCHours() % 12 || 12;
const meridiem: Conversion = ({ wall }) => (wall.getUTCHours() < 12 ? 'AM' : 'PM');

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  Y: padded(4, '0', (wall) => wall.getUTCFullYear()),
  y: padded(2, '0', (wall) => wall.getUTCFullYear() % 100),
  m: padded(2, '0', (wall) => wall.getUTCMonth() + 1),
  d: padded(2, '0', (wall) => wall.getUTCDate()),
  e: padded(2, ' ', (wall) => wall.getUTCDate()),
  H: padded(2, '0', (wall) => wall.getUTCHours()),
  k: padded(2, ' ', (wall) => wall.getUTCHours()),
  I: padded(2, '0', half),
  l: padded(2, ' ', half),
  M: padded(2, '0', (wall) => wall.getUTCMinutes()),
  S: padded(2, '0', (wall) => wall.getUTCSeconds()),
  u: padded(1, '0', (wall) => wall.getUTCDay() || 7),
  w: padded(1, '0', (wall) => wall.getUTCDay()),
  A: named('A'),
  a: named('a'),
  B: monthName('B'),
  b: monthName('b'),
  h: monthName('b'),
  p: meridiem,
  P: (moment) => meridiem(moment).toLowerCase(),
  s: ({ at }) => String(Math.floor(at.getTime() / 1000)),
  z: offset,
  Z: ({ zone }) => zone,
  F: (moment) => strftime('%Y-%m-%d', moment),
  R: (moment) => strftime('%H:%M', moment),
  T: (moment) => strftime('%H:%M:%S', moment),
  '%': () => '%',
};

/**
 * `{{ event.startsAt | date: '%A %-d %B, %H:%M', venue.timezone }}`, or with a BCP 47 locale after the zone (defaults `UTC` and
 * `en`). The value is an ISO 8601 time, Unix seconds, or `'now'`. A date alone and a time without an offset are not converted.
 * The format supports the strftime conversions above; `-` omits padding, `^` upper-cases. A month's name has the form that the
 * language has beside a day, if the format prints one.
 *
 * Replaces that of liquidjs, which is an hour off for some hours around the host's own change to summer time, and takes more
 * than ten times as long to show a zone's time or a month's name. @throws UnusableValue
 */
export function date(value: unknown, format: unknown = '%F %R', zone: unknown = 'UTC', locale: unknown = 'en'): string {
  const time = isNow(value) ? new Date().toISOString() : String(value);
  return shown(time, String(format), String(zone), String(locale));
}

/** Whether a value stands for the present time. */
export const isNow = (value: unknown): boolean => value === 'now' || value === 'today';

/** A campaign shows the same few times to all its recipients. */
const shown = remembered((time, format, wanted, locale) => {
  const { at, isFloating } = instantOf(time);
  const zone = isFloating ? 'UTC' : wanted;
  const hasDay = DAYS.test(format.replaceAll('%%', ''));
  return strftime(format, { at, zone, locale, hasDay, wall: wallClock(at, zone) });
});

function strftime(format: string, moment: Moment): string {
  return format.replaceAll(/%([-^]?)(.)/gs, (_all, flag: string, conversion: string) => {
    if (!Object.hasOwn(CONVERSIONS, conversion)) throw new UnusableValue('date knows no such conversion');
    const text = CONVERSIONS[conversion]?.(moment) ?? '';
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    return flag === '^' ? text.toUpperCase() : text;
  });
}

function instantOf(time: string): { at: Date; isFloating: boolean } {
  const isSeconds = /^\d{1,12}$/.test(time);
  const [, day, clock = '00:00', zone] = ISO.exec(time) ?? [];
  const at = new Date(isSeconds ? Number(time) * 1000 : `${day}T${clock}${zone ?? 'Z'}`);
  if (Number.isNaN(at.getTime())) throw new UnusableValue('date needs an ISO 8601 time, such as 2026-11-21T19:30:00Z');
  if (day !== undefined && !isDay(day)) throw new UnusableValue('date needs a day that there is: its month has fewer');
  return { at, isFloating: !isSeconds && zone === undefined };
}

/** Date takes the 31st of any month, and answers the 1st of the next. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00Z`).toISOString().startsWith(day);
}

function wallClock(at: Date, zone: string): Date {
  const fields: Record<string, number> = {};
  for (const { type, value } of clocks(zone).formatToParts(at)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

function offset({ at, wall }: Moment): string {
  const minutes = Math.round((wall.getTime() - at.getTime()) / 60_000);
  const sign = minutes < 0 ? '-' : '+';
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
}
