/** What one drain may spend of its lane's rate. Times are of this process's monotonic clock. */
import { performance } from 'node:perf_hooks';
import { budgetAt, waitFor } from './rate.js';

/** Spends a lane's units at a rate that may change between calls, in units a second. */
export class RateBudget {
  /** When the rate allows the next unit. */
  private freeAt: number;
  /** Units that were sent beyond those the claims paid for; below zero where they paid too much. */
  private debt = 0;

  constructor(freeInMs: number) {
    this.freeAt = performance.now() + freeInMs;
  }

  /** Milliseconds until at least one unit may be spent; 0 when it may be now. */
  waitMs(ratePerSecond: number): number {
    return waitFor(performance.now(), this.freeAt, ratePerSecond);
  }

  /** Units that may be spent now; below 1 the lane waits. */
  available(ratePerSecond: number): number {
    return budgetAt(performance.now(), this.freeAt, ratePerSecond);
  }

  spend(units: number, ratePerSecond: number): void {
    this.freeAt = Math.max(this.freeAt, performance.now()) + (units / ratePerSecond) * 1000;
  }

  /** Corrects what a claim took to be the size of its messages. */
  owe(units: number): void {
    this.debt += units;
  }

  /** Units that the next claim pays for, beside its own. */
  settleDebt(): number {
    const debt = this.debt;
    this.debt = 0;
    return debt;
  }
}
