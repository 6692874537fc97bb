/** Whether a venue is open, by the clock on its wall: pure. */
import { WEEKDAYS, type Weekday } from '../../tenants/index.js';

/** Hours of some days. One that ends no later than it begins ends on the next day. */
export interface OpeningHours {
  readonly days: readonly Weekday[];
  /** `HH:MM`, the first minute. */
  readonly from: string;
  /** The same: the first minute after it; `24:00` is midnight. */
  readonly to: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `zone` is of IANA. */
export function isOpen(hours: readonly OpeningHours[], zone: string, at: Date): boolean {
  const { day, time } = wallClock(zone, at);
  const dayBefore = WEEKDAYS.at(WEEKDAYS.indexOf(day) - 1);
  return hours.some(({ days, from, to }) => {
    const isOverNight = to <= from;
    const isToday = days.includes(day) && time >= from && (isOverNight || time < to);
    return isToday || (isOverNight && days.some((one) => one === dayBefore) && time < to);
  });
}

function wallClock(zone: string, at: Date): { readonly day: Weekday; readonly time: string } {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.find((one) => one === parts['weekday']?.toLowerCase());
  if (!day) throw new Error('every day is one of the week');
  return { day, time: `${parts['hour']}:${parts['minute']}` };
}
