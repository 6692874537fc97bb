/** One drain's exclusive lease of a lane, with a fencing token. */
import { performance } from 'node:perf_hooks';

/** A holder that does not renew for this long loses the lane. */
export const LEASE_MS = 15_000;
/** No provider call starts with less than this left, so that none is in flight when another drain takes over. */
const SAFETY_MS = 3_000;
/** A drain sees a changed rate of its lane within this time. */
const RENEW_EVERY_MS = 1_000;

/** Expires unless it is renewed. Times are of this process's monotonic clock. */
export class LaneLease {
  private validUntil: number;
  private renewedAt: number;

  constructor(
    readonly token: string,
    grantedAt: number,
  ) {
    this.validUntil = grantedAt + LEASE_MS;
    this.renewedAt = grantedAt;
  }

  /** It is time to renew it, and to reload the lane's settings. */
  get isStale(): boolean {
    return performance.now() - this.renewedAt > RENEW_EVERY_MS;
  }

  /** Milliseconds in which a provider call may still start; none are left for a process that was suspended and resumed. */
  get safeMs(): number {
    return this.validUntil - SAFETY_MS - performance.now();
  }

  /** `at` is when the query was sent, so that the lease never outlasts the one in the database. */
  extend(at: number): void {
    this.validUntil = at + LEASE_MS;
  }

  renewed(at: number): void {
    this.extend(at);
    this.renewedAt = at;
  }
}
