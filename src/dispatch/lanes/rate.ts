/** A lane's rate as a leaky bucket: pure arithmetic over one number, when the next unit is free (GCRA, ITU-T I.371). */

/** A burst is what a tenth of a second grants, and at least one unit: short enough for a provider's one-second window. */
const BURST_SECONDS = 0.1;

/** Units that may be spent at `now`; below 1 the lane waits. Times in milliseconds of one clock. */
export function budgetAt(now: number, freeAt: number, ratePerSecond: number): number {
  const burstMs = Math.max(BURST_SECONDS, 1 / ratePerSecond) * 1000;
  const open = now + burstMs - Math.max(freeAt, now);
  return Math.floor((open / 1000) * ratePerSecond + 1e-9);
}

/** Milliseconds until at least one unit may be spent; 0 when it may be now. */
export function waitFor(now: number, freeAt: number, ratePerSecond: number): number {
  const burstMs = Math.max(BURST_SECONDS, 1 / ratePerSecond) * 1000;
  return Math.max(0, freeAt + 1000 / ratePerSecond - burstMs - now);
}
