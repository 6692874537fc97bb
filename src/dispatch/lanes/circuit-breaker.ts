/** A lane's circuit breaker as one drain sees it. Times are of this process's monotonic clock. */
import { performance } from 'node:perf_hooks';
import { isHalfOpen, type BreakerState } from './circuit-breaker.rules.js';

export class CircuitBreaker {
  private openUntil = -Infinity;

  constructor(private current: BreakerState) {}

  get state(): BreakerState {
    return this.current;
  }

  /** One message is tried before the others. */
  get isHalfOpen(): boolean {
    return isHalfOpen(this.current);
  }

  /** Milliseconds in which nothing of the lane is to be sent; 0 unless it is open. */
  get openMs(): number {
    return Math.max(0, this.openUntil - performance.now());
  }

  /** How the lane fares from now on, and how long it is open first. */
  set(state: BreakerState, openMs = 0): void {
    this.current = state;
    if (openMs > 0) this.openUntil = performance.now() + openMs;
  }

  /** What the lane's row says, which another process or an operator may have changed. */
  syncOpen(readAt: number, openMs: number): void {
    this.openUntil = readAt + openMs;
  }
}
