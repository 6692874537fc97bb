/** A lane leased by one drain: its row, the lease, the rest of its rate budget, its circuit breaker. */
import type { ProviderName } from '../../tenants/index.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { OpenReason } from './circuit-breaker.rules.js';
import { LaneLease } from './lane-lease.js';
import { RateBudget } from './rate-budget.js';

/** Settings that may change while a drain has the lane. */
export interface LaneSettings {
  readonly rate_per_second: number;
  readonly concurrency: number;
  readonly batch_size: number;
  /** How much longer its breaker is open; another process or an operator may have opened or closed it. */
  readonly rests_for_ms: number;
}

export interface LaneRow extends LaneSettings {
  readonly id: string;
  readonly provider_account_id: string;
  readonly provider: ProviderName;
  readonly free_in_ms: number;
  readonly rests: number;
  readonly setbacks: number;
  readonly rest_reason: OpenReason | null;
  readonly rest_code: string | null;
  /** An earlier holder left claims behind. */
  readonly abandoned: boolean;
}

export class LeasedLane {
  readonly lease: LaneLease;
  readonly budget: RateBudget;
  readonly breaker: CircuitBreaker;
  private current: LaneSettings;

  constructor(
    readonly row: LaneRow,
    token: string,
    grantedAt: number,
  ) {
    const { rests, setbacks, rest_reason: reason, rest_code: code } = row;
    this.lease = new LaneLease(token, grantedAt);
    this.budget = new RateBudget(row.free_in_ms);
    this.breaker = new CircuitBreaker({ rests, setbacks, reason, code, suspects: [], odd: [] });
    this.current = row;
  }

  /** At most a second old, as long as the drain renews its lease whenever that `isStale`. */
  get settings(): LaneSettings {
    return this.current;
  }

  /** Applies a lease extension at `at`, and the lane's current settings. */
  renewed(at: number, settings: LaneSettings): void {
    this.lease.renewed(at);
    this.breaker.syncOpen(at, settings.rests_for_ms);
    this.current = settings;
  }
}
