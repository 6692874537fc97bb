/** Finds work that was requested repeatedly and not done. */
import { performance } from 'node:perf_hooks';

/** Longer than a working queue or a dead worker takes. */
const PATIENCE_MS = 10_000;

/**
 * A queue may fail silently: it is away, or holds a job for a dead process, for as long as that process's wrong clock made it
 * believe. The sweep then does the work without the queue.
 */
export class Overdue<T> {
  private since = new Map<string, number>();

  /** `markOf`: the part of a work item that stays the same while nothing happens to it. */
  constructor(private readonly markOf: (work: T) => string) {}

  /** Records everything waiting now. Returns what has waited unchanged, at each check, for ten seconds; each once in that time. */
  note(waiting: readonly T[], now = performance.now()): T[] {
    const before = this.since;
    this.since = new Map(waiting.map((work) => [this.markOf(work), before.get(this.markOf(work)) ?? now]));
    const overdue = waiting.filter((work) => now - (this.since.get(this.markOf(work)) ?? now) >= PATIENCE_MS);
    for (const work of overdue) this.since.set(this.markOf(work), now);
    return overdue;
  }
}
