/** One drain's view of its lane's circuit breaker. Times are of this process's monotonic clock. */
import { performance } from 'node:perf_hooks';
import { isHalfOpen, type BreakerState } from './circuit-breaker.rules.js';

export class CircuitBreaker {
  private openUntil = -Infinity;

  constructor(private current: BreakerState) {}

  get state(): BreakerState {
    return this.current;
  }

  /** The next message is sent alone, as a probe. */
  get isHalfOpen(): boolean {
    return isHalfOpen(this.current);
  }

  /** Milliseconds until the lane may send again; 0 unless the breaker is open. */
  get openMs(): number {
    return Math.max(0, this.openUntil - performance.now());
  }

  /** Sets the state, and opens the breaker for `openMs` if that is positive. */
  set(state: BreakerState, openMs = 0): void {
    this.current = state;
    if (openMs > 0) this.openUntil = performance.now() + openMs;
  }

  /** Takes over the lane's row, which another process or an operator may have changed. */
  syncOpen(readAt: number, openMs: number): void {
    this.openUntil = readAt + openMs;
  }
}
