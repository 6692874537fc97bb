/** The in-flight batches of one drain: limits their size and number. */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { TransactionalPriority } from './transactional-priority.js';

/** Messages per batch: all of them may be in doubt if a worker dies. */
const WINDOW = 100;
/** The same in a fast lane: the statements of a batch cost as much as 40 messages more (ADR 0030). */
const LARGE_WINDOW = 250;
/** Full batches in flight: the database claims one and records another while the provider processes the third. */
const AT_ONCE = 3;
/** Batch size under transactional priority: a ticket waits for the batch before it. */
const SMALL_WINDOW = 12;
/** The share of time for which this process may then be busy. */
const BUSY_SHARE = 0.5;
const LONGEST_REST_MS = 50;

/** How many messages of a lane may be in flight, and how many in one batch: see `InFlightBatches.room`. */
export function roomOf(most: number, burst: number, isPriorityGiven: boolean): { limit: number; size: number } {
  const window = Math.min(Math.max(WINDOW, burst), LARGE_WINDOW); // more than a burst is never claimed at once
  const limit = Math.min(most, AT_ONCE * window);
  return { limit, size: Math.min(isPriorityGiven ? SMALL_WINDOW : window, Math.ceil(limit / AT_ONCE)) };
}

export class InFlightBatches {
  private readonly open = new Set<Promise<void>>();
  private underWay = 0;
  private measured = performance.eventLoopUtilization();

  constructor(private readonly priority: TransactionalPriority) {}

  /**
   * Waits until another batch may start, and returns its maximum size; `most` is the lane's limit of messages in flight, `burst`
   * the units that its rate allows at once. Rejects with a failed batch's error.
   */
  async room(most: number, burst: number): Promise<number> {
    const { limit, size } = roomOf(most, burst, this.priority.isGiven);
    while (this.underWay > 0 && this.underWay + size > limit) await Promise.race(this.open);
    return size;
  }

  add(batch: Promise<void>, messages: number): void {
    this.underWay += messages;
    const tracked = batch.finally(() => {
      this.open.delete(tracked);
      this.underWay -= messages;
    });
    tracked.catch(() => undefined); // reported by whoever awaits it
    this.open.add(tracked);
  }

  /** Under transactional priority, pauses to compensate for the time that the process was too busy since the last call. */
  async rest(): Promise<void> {
    const since = this.measured;
    this.measured = performance.eventLoopUtilization();
    if (!this.priority.isGiven) return;
    const { active, idle } = performance.eventLoopUtilization(this.measured, since);
    const ms = active / BUSY_SHARE - active - idle;
    if (ms >= 1) await delay(Math.min(ms, LONGEST_REST_MS));
  }

  /** Waits for one to end, `ms` at most. False if none is in flight. Rejects with a failed batch's error. */
  async change(ms: number): Promise<boolean> {
    if (this.open.size === 0) return false;
    const timer = new AbortController();
    const time = delay(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([...this.open, time]).finally(() => timer.abort());
    return this.open.size > 0;
  }

  /** Waits for all. Rejects with a failed batch's error. */
  async close(): Promise<void> {
    await Promise.all(this.open);
  }

  /** Waits for all, successful or not. */
  async end(): Promise<void> {
    await Promise.allSettled(this.open);
  }
}
