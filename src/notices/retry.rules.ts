/** When a notice that did not get through is tried again: pure. */

const FIRST_MS = 10_000;
const GROWTH = 3;
/** Also the longest that a receiver may ask for. */
const LONGEST_MS = 4 * 3_600_000;
/** Half of it each way, so that notices that failed together do not come back together. */
const JITTER = 0.4;

/**
 * Milliseconds until the next attempt after this many: 10 seconds, then three times as long each time, up to four hours. `retryAfterMs` is what
 * the receiver asked for. `random` is from 0 to 1.
 */
export function pauseMs(attempts: number, retryAfterMs: number | undefined, random: number): number {
  const usual = Math.min(LONGEST_MS, FIRST_MS * GROWTH ** Math.max(0, attempts - 1));
  const spread = usual * (1 - JITTER / 2 + JITTER * random);
  return Math.round(Math.min(LONGEST_MS, Math.max(spread, retryAfterMs ?? 0)));
}
