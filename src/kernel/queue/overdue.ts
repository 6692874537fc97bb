/** Finds work that is asked for and asked for and not done. */
import { performance } from 'node:perf_hooks';

/** A queue that works, and a worker that has died, take less. */
const PATIENCE_MS = 10_000;

/**
 * A queue may fail without saying so: it is away, or holds a job for a process that has died, for as long as the wrong clock of that
 * process made it believe. Whoever sweeps does such work without the queue.
 */
export class Overdue<T> {
  private since = new Map<string, number>();

  /** `markOf`: what stays the same of a piece of work while nothing happens to it. */
  constructor(private readonly markOf: (work: T) => string) {}

  /** Takes note of all that waits now. Answers what has waited unchanged, at each look, for ten seconds; each once in that time. */
  note(waiting: readonly T[], now = performance.now()): T[] {
    const before = this.since;
    this.since = new Map(waiting.map((work) => [this.markOf(work), before.get(this.markOf(work)) ?? now]));
    const overdue = waiting.filter((work) => now - (this.since.get(this.markOf(work)) ?? now) >= PATIENCE_MS);
    for (const work of overdue) this.since.set(this.markOf(work), now);
    return overdue;
  }
}
