/** The Liquid filter `date`: the same result on every host, whatever the host's own time zone. */
import { UnusableValue } from './printing.js';
import { remembered } from './remembered.js';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

interface Moment {
  readonly at: Date;
  readonly zone: string;
  readonly locale: string;
  /** The wall clock of the zone, held in the UTC fields of a Date. */
  readonly wall: Date;
}

const clocks = remembered(
  (zone) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
  'date knows no such time zone',
);

const NAMES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  A: { weekday: 'long' },
  a: { weekday: 'short' },
  B: { month: 'long' },
  b: { month: 'short' },
};
const names = remembered(
  (conversion, locale, zone) => new Intl.DateTimeFormat(locale, { ...NAMES[conversion], timeZone: zone }),
  'date knows no such locale',
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
const half = (wall: Date) => wall.getUTCHours() % 12 || 12;
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
  B: named('B'),
  b: named('b'),
  h: named('b'),
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
 * `{{ event.startsAt | date: '%A %-d %B, %H:%M', venue.timezone }}`, or with a BCP 47 locale after the zone. The value is an
 * ISO 8601 date or time, Unix seconds, or `'now'`. Without an offset of its own it is UTC, and without a zone it is shown in
 * UTC. Liquid's strftime conversions, of which the keys above are known; a `-` leaves out padding, a `^` makes capitals.
 *
 * Ours instead of liquidjs's own, which is an hour off for some hours around the host's change to summer time, and which
 * takes fifty times as long with a zone or a name.
 * @throws UnusableValue
 */
export function date(value: unknown, format: unknown = '%F %R', zone: unknown = 'UTC', locale: unknown = 'en'): string {
  const at = instantOf(value);
  const moment = { at, zone: String(zone), locale: String(locale), wall: wallClock(at, String(zone)) };
  return strftime(String(format), moment);
}

function strftime(format: string, moment: Moment): string {
  return format.replaceAll(/%([-^]?)(.)/gs, (_all, flag: string, conversion: string) => {
    if (!Object.hasOwn(CONVERSIONS, conversion)) throw new UnusableValue('date knows no such conversion');
    const text = CONVERSIONS[conversion]?.(moment) ?? '';
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    return flag === '^' ? text.toUpperCase() : text;
  });
}

function instantOf(value: unknown): Date {
  if (value === 'now' || value === 'today') return new Date();
  const at = typeof value === 'string' && !/^\d+$/.test(value) ? isoTime(value) : secondsTime(value);
  if (Number.isNaN(at.getTime())) throw new UnusableValue('date needs an ISO 8601 time, such as 2026-11-21T19:30:00Z');
  return at;
}

function secondsTime(value: unknown): Date {
  return new Date(typeof value === 'string' || typeof value === 'number' ? Number(value) * 1000 : Number.NaN);
}

/** JavaScript reads a time without an offset in the host's zone; here it is UTC. */
function isoTime(text: string): Date {
  const match = ISO.exec(text);
  if (!match) return new Date(Number.NaN);
  const [, day, time = '00:00', zone = 'Z'] = match;
  return new Date(`${day}T${time}${zone}`);
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
  const two = (n: number) => String(n).padStart(2, '0');
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
}
