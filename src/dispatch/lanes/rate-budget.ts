/** One drain's budget from its lane's rate. Times are of this process's monotonic clock. */
import { performance } from 'node:perf_hooks';
import { budgetAt, waitFor } from './rate.js';

/** Spends a lane's units; the rate, in units a second, may change between calls. */
export class RateBudget {
  /** When the rate allows the next unit. */
  private freeAt: number;
  /** Units sent beyond those that the claims paid for; negative if they paid too much. */
  private debt = 0;

  constructor(freeInMs: number) {
    this.freeAt = performance.now() + freeInMs;
  }

  /** Milliseconds until a unit may be spent; 0 if one may be spent now. */
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

  /** Corrects the size that a claim assumed for its messages. */
  owe(units: number): void {
    this.debt += units;
  }

  /** Units that the next claim pays for besides its own; resets the debt. */
  settleDebt(): number {
    const debt = this.debt;
    this.debt = 0;
    return debt;
  }
}
