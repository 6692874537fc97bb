/** Months as they are written: `2026-11`, and in tables by their first day. */

export const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The first day of a day's month. */
export const firstOf = (day: string): string => `${day.slice(0, 7)}-01`;

/** The first day after a month. */
export function firstAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}
