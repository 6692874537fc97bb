/** The batches of one drain: how many messages each may have, and how many are under way at once. */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { TransactionalPriority } from './transactional-priority.js';

/** Messages of one batch: more make no statement cheaper, and these may be in doubt when a worker dies. */
const WINDOW = 100;
/** Full batches under way at once: the database claims one and records another while the provider works on the third. */
const AT_ONCE = 3;
/** The same while somebody waits for a ticket: what is done in one go is what a ticket waits for. */
const SMALL_WINDOW = 12;
/** The share of its time that this process may then be busy. */
const BUSY_SHARE = 0.5;
const LONGEST_REST_MS = 50;

export class InFlightBatches {
  private readonly open = new Set<Promise<void>>();
  private underWay = 0;
  private measured = performance.eventLoopUtilization();

  constructor(private readonly priority: TransactionalPriority) {}

  /**
   * Waits until another batch may be sent off, and answers how many messages it may have, where the lane may have `most` under
   * way. Rejects with what a batch failed with.
   */
  async room(most: number): Promise<number> {
    const limit = Math.min(most, AT_ONCE * WINDOW);
    const size = Math.min(this.priority.isGiven ? SMALL_WINDOW : WINDOW, Math.ceil(limit / AT_ONCE));
    while (this.underWay > 0 && this.underWay + size > limit) await Promise.race(this.open);
    return size;
  }

  add(batch: Promise<void>, messages: number): void {
    this.underWay += messages;
    const tracked = batch.finally(() => {
      this.open.delete(tracked);
      this.underWay -= messages;
    });
    tracked.catch(() => undefined); // told by whoever waits for it
    this.open.add(tracked);
  }

  /** Rests for as long as the process has been too busy since the last time, where others have priority. */
  async rest(): Promise<void> {
    const since = this.measured;
    this.measured = performance.eventLoopUtilization();
    if (!this.priority.isGiven) return;
    const { active, idle } = performance.eventLoopUtilization(this.measured, since);
    const ms = active / BUSY_SHARE - active - idle;
    if (ms >= 1) await delay(Math.min(ms, LONGEST_REST_MS));
  }

  /** Waits for one to end, `ms` at most. False when none is under way. Rejects with what a batch failed with. */
  async change(ms: number): Promise<boolean> {
    if (this.open.size === 0) return false;
    const timer = new AbortController();
    await Promise.race([...this.open, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    return this.open.size > 0;
  }

  /** Waits for all. Rejects with what a batch failed with. */
  async close(): Promise<void> {
    await Promise.all(this.open);
  }

  /** Waits for all, however they end. */
  async end(): Promise<void> {
    await Promise.allSettled(this.open);
  }
}
