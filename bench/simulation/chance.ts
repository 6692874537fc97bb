/** Chance that is the same for the same seed. */

export class Chance {
  constructor(private state: number) {}

  /** From 0 to 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Until the next of what happens so often a second on average, independently: in milliseconds. */
  pause(perSecond: number): number {
    return (-Math.log(1 - this.next()) / perSecond) * 1_000;
  }

  /** At least the shortest; the median or less half of the time, and exponentially rarer the longer. */
  duration({ shortest, median }: { readonly shortest: number; readonly median: number }): number {
    return shortest + this.pause(1_000 / ((median - shortest) / Math.LN2));
  }
}
