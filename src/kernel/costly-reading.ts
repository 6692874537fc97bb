/** What was read is kept for this many times as long as it took: at most one part in so many of the time is spent on it. */
const TIMES = 50;
const SHORTEST_MS = 5_000;
/** Operators are told within a minute. */
const LONGEST_MS = 30_000;

/** A reading that is asked for often, costs much at times, and may be some seconds old. */
export class CostlyReading<Value> {
  private known: { readonly value: Promise<Value>; until: number } | undefined;

  constructor(
    private readonly read: () => Promise<Value>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Those who ask meanwhile share one reading; one that fails is not kept. */
  get(): Promise<Value> {
    if (this.known && this.now() < this.known.until) return this.known.value;
    const known = { value: this.timed(), until: Infinity };
    this.known = known;
    return known.value;
  }

  private async timed(): Promise<Value> {
    const begun = this.now();
    try {
      const value = await this.read();
      const tookMs = this.now() - begun;
      this.keep(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, TIMES * tookMs)));
      return value;
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  private keep(forMs: number): void {
    if (this.known) this.known.until = this.now() + forMs;
  }
}
