/** When an address that takes nothing for now is left alone for a time. Pure. */

/** Soft bounces on so many days, in UTC, of so many in a row suppress an address for a time after the last of them. */
export const SOFT_BOUNCES = { days: 3, within: 14, suppressedForDays: 14 } as const;

const DAY_MS = 86_400_000;

/**
 * Until when an address is suppressed that bounced softly at these times, in any order, as milliseconds since 1970; undefined where they
 * were too few. Several on one day are one finding: retries of the same day find the same mailbox full. The suppression lasts as long as
 * the days that are looked at, so that once it is over, earlier bounces no longer count.
 */
export function suppressedUntil(bounces: readonly number[]): Date | undefined {
  const lastOf = new Map<number, number>();
  for (const time of bounces) {
    const day = Math.floor(time / DAY_MS);
    lastOf.set(day, Math.max(time, lastOf.get(day) ?? time));
  }
  const days = [...lastOf.keys()].toSorted((one, other) => one - other);
  const reached = days.filter((day, place) => {
    const first = days[place - SOFT_BOUNCES.days + 1];
    return first !== undefined && day - first < SOFT_BOUNCES.within;
  });
  const last = reached.at(-1);
  return last === undefined ? undefined : new Date((lastOf.get(last) ?? 0) + SOFT_BOUNCES.suppressedForDays * DAY_MS);
}

/** Bounces older than this change nothing any more. */
export const SOFT_BOUNCES_COUNT_FOR_DAYS = SOFT_BOUNCES.within + SOFT_BOUNCES.suppressedForDays;
