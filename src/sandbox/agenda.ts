/** Runs scheduled work, many items per timer. */

const TICK_MS = 10;

/**
 * One timer however much is scheduled: work is run in batches every 10 ms, in due order and, within one batch, in scheduling
 * order. Never keeps the process alive.
 */
export class Agenda {
  private readonly batches = new Map<number, (() => void)[]>();
  private timer: NodeJS.Timeout | undefined;
  private lastTick = 0;
  private closed = false;

  /** Runs `work` after at least `delayMs`, unless the agenda is closed before. */
  in(delayMs: number, work: () => void): void {
    if (this.closed) return;
    if (!this.timer) {
      this.lastTick = tickNow();
      this.timer = setInterval(() => this.runDue(), TICK_MS).unref();
    }
    const due = Math.max(this.lastTick + 1, Math.ceil((performance.now() + delayMs) / TICK_MS));
    const batch = this.batches.get(due);
    if (batch) batch.push(work);
    else this.batches.set(due, [work]);
  }

  /** How much is scheduled. */
  get size(): number {
    return [...this.batches.values()].reduce((sum, batch) => sum + batch.length, 0);
  }

  /** Drops everything scheduled and schedules nothing more. */
  close(): void {
    this.closed = true;
    this.batches.clear();
    clearInterval(this.timer);
  }

  private runDue(): void {
    for (const now = tickNow(); this.lastTick < now;) {
      this.lastTick += 1;
      const batch = this.batches.get(this.lastTick) ?? [];
      this.batches.delete(this.lastTick);
      for (const work of batch) work();
    }
    if (this.batches.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

const tickNow = (): number => Math.floor(performance.now() / TICK_MS);
