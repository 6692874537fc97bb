/** A lane's rate limit as a leaky bucket (GCRA, ITU-T I.371): pure arithmetic on one number, when the next unit is free. */

/** A burst is a tenth of a second's units, at least one: short enough for a provider's one-second window. */
const BURST_SECONDS = 0.1;
/** Calls that one process has under way in a lane at most. */
const MOST_CALLS = 300;

/** Units that may be spent at `now`; below 1 the lane waits. Times in milliseconds of one clock. */
export function budgetAt(now: number, freeAt: number, ratePerSecond: number): number {
  const burstMs = Math.max(BURST_SECONDS, 1 / ratePerSecond) * 1000;
  const open = now + burstMs - Math.max(freeAt, now);
  return Math.floor((open / 1000) * ratePerSecond + 1e-9);
}

/** The most units that may be spent at once. */
export const burstOf = (ratePerSecond: number): number => budgetAt(0, 0, ratePerSecond);

/** Milliseconds until a unit may be spent; 0 if one may be spent now. */
export function waitFor(now: number, freeAt: number, ratePerSecond: number): number {
  const burstMs = Math.max(BURST_SECONDS, 1 / ratePerSecond) * 1000;
  return Math.max(0, freeAt + 1000 / ratePerSecond - burstMs - now);
}

/** Concurrent calls that sustain a rate at half a second per call, up to the limit of one process. */
export function concurrencyFor(ratePerSecond: number): number {
  return Math.min(MOST_CALLS, Math.max(2, Math.ceil(ratePerSecond / 2)));
}
