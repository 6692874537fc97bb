/** The right of one drain to a lane, fenced by its token. */
import { performance } from 'node:perf_hooks';

/** A holder that is silent for this long has lost the lane. */
export const LEASE_MS = 15_000;
/** No provider call begins with less than this left, so that none is under way when another drain takes over. */
const SAFETY_MS = 3_000;
/** A drain learns within this time that its lane may send faster, or must send slower. */
const RENEW_EVERY_MS = 1_000;

/** Runs out unless it is renewed. Times are of this process's monotonic clock. */
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

  /** It is time to renew it, and to read the lane's settings anew. */
  get isStale(): boolean {
    return performance.now() - this.renewedAt > RENEW_EVERY_MS;
  }

  /** Milliseconds in which a provider call may still be begun. A process that was stopped and resumed finds none left. */
  get safeMs(): number {
    return this.validUntil - SAFETY_MS - performance.now();
  }

  /** `at` is when the database was asked, so that the lease is never longer than there. */
  extend(at: number): void {
    this.validUntil = at + LEASE_MS;
  }

  renewed(at: number): void {
    this.extend(at);
    this.renewedAt = at;
  }
}
