/** What a rate alone makes of a queue, and how closely calls kept to it. Times in milliseconds. */

/** How long each would wait in a queue that does nothing but keep a rate; `acceptedAt` is in order. */
export function waitsAtRate(acceptedAt: readonly number[], perSecond: number): number[] {
  let free = -Infinity;
  return acceptedAt.map((at) => {
    const called = Math.max(at, free);
    free = called + 1_000 / perSecond;
    return called - at;
  });
}

/** The most of these times that lie within any period of `ms`. */
export function mostWithin(ms: number, times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  let first = 0;
  let most = 0;
  for (const [last, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
