/** When a price begins to hold: a day, which begins at midnight in UTC, or a moment. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const FIRST = Date.UTC(1970);
const LAST = Date.UTC(10_000) - 1;

/** Undefined for a text that is neither, a day that is not in the calendar, or one before 1970. */
export function readSince(text: string): Date | undefined {
  if (!DAY.test(text) && !MOMENT.test(text)) return undefined;
  const time = new Date(text);
  // JavaScript takes the 31st of February for one of March.
  const isInCalendar = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const isReal = !Number.isNaN(isInCalendar.getTime()) && isInCalendar.toISOString().startsWith(text.slice(0, 10));
  return isReal && time.getTime() >= FIRST && time.getTime() <= LAST ? time : undefined;
}

/** The shortest text that `readSince` reads so. */
export function sinceText(time: Date): string {
  return time.toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z');
}
