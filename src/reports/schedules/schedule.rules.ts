/** Which days a scheduled report is about: pure. */
import type { Period } from '../report-reader.js';

export const PERIODS = ['yesterday', 'last_7_days', 'last_month'] as const;
export type SchedulePeriod = (typeof PERIODS)[number];

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** The highest `on` of each interval: a weekday, or a day that every month has. */
export const LAST_ON: Readonly<Record<Interval, number>> = { day: 1, week: 7, month: 28 };

/** The days of a period, seen from a day such as `2026-11-29`: all of them are over then. */
export function daysOf(period: SchedulePeriod, day: string): Period {
  switch (period) {
    case 'yesterday':
      return { since: shifted(day, -1), until: shifted(day, -1) };
    case 'last_7_days':
      return { since: shifted(day, -7), until: shifted(day, -1) };
    case 'last_month': {
      const until = shifted(`${day.slice(0, 8)}01`, -1);
      return { since: `${until.slice(0, 8)}01`, until };
    }
  }
}

function shifted(day: string, days: number): string {
  const time = new Date(`${day}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() + days);
  return time.toISOString().slice(0, 10);
}
