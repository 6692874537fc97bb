/** Compares PostgreSQL's time zone data with this process's: each has its own copy, and countries change their clocks. */
import type { Database } from './database.js';

const DAY_MS = 86_400_000;
/** As far ahead as a campaign can be scheduled. */
const DAYS = 366;

/** Seconds east of Greenwich at an instant. Raises a RangeError for an unknown zone. */
export type OffsetAt = (zone: string, time: number) => number;

export interface ZoneDifference {
  readonly zone: string;
  /** The first day, in UTC, of the difference; absent if one of the two does not know the zone. */
  readonly from?: string;
}

interface Row {
  readonly zone: string;
  /** One for each day, in seconds; null if PostgreSQL does not know the zone. */
  readonly offsets: readonly number[] | null;
}

/** The zones, in order, that the two know differently on any day of the coming year. Takes some milliseconds for each. */
export async function differingZones(
  database: Database,
  zones: readonly string[],
  offsetAt: OffsetAt = offsetOfIntl,
): Promise<ZoneDifference[]> {
  if (zones.length === 0) return [];
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const rows = await database.query<Row>(
    `with asked as materialized (
       select zone from unnest($1::text[]) as zone where exists (select from pg_timezone_names where lower(name) = lower(zone)))
     select zone, offsets
     from unnest($1::text[]) as zone
     left join (
       select zone, array_agg(extract(epoch from (at at time zone zone) - (at at time zone 'UTC'))::int order by at) as offsets
       from asked cross join generate_series($2::timestamptz, $2::timestamptz + make_interval(days => $3), interval '1 day') as at
       group by zone) as known using (zone)
     order by zone`,
    [zones, new Date(today).toISOString(), DAYS],
  );
  return rows.flatMap(({ zone, offsets }) => {
    if (offsets === null || !isKnown(zone, offsetAt)) return [{ zone }];
    const day = offsets.findIndex((offset, index) => offset !== offsetAt(zone, today + index * DAY_MS));
    return day < 0 ? [] : [{ zone, from: new Date(today + day * DAY_MS).toISOString().slice(0, 10) }];
  });
}

function isKnown(zone: string, offsetAt: OffsetAt): boolean {
  try {
    offsetAt(zone, 0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** This process's own data: `GMT`, `GMT+05:30` or, of old times, `GMT-00:01:15`. */
export function offsetOfIntl(zone: string, time: number): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  formats.set(zone, format);
  const [, sign = '+', hours = 0, minutes = 0, seconds = 0] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(time)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
}
