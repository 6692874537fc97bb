/** The right of one drain to a lane, fenced by its token, and what the drain knows of the lane. */
import { performance } from 'node:perf_hooks';
import type { ProviderName } from '../../tenants/index.js';
import { type BreakerState, type OpenReason } from './circuit-breaker.rules.js';

/** A holder that is silent for this long has lost the lane. */
export const LEASE_MS = 15_000;
/** No provider call begins with less than this left, so that none is under way when another drain takes over. */
const SAFETY_MS = 3_000;

/** A drain hears within this time that its lane may send faster, or must send slower. */
const RENEW_EVERY_MS = 1_000;

/** What may change while a drain has the lane. */
export interface LaneSettings {
  readonly rate_per_second: number;
  readonly concurrency: number;
  readonly batch_size: number;
  /** How long it still rests, by another process's or an operator's word too. */
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

/** The right to drain one lane, until it is lost. Times are of this process's monotonic clock. */
export class LaneLease {
  readonly token: string;
  /** When the rate allows the next unit. */
  freeAt: number;
  private validUntil: number;
  private heardAt: number;
  private current: LaneSettings;
  /** Units that were sent beyond those the claims paid for; below zero where they paid too much. */
  private debt = 0;
  private openUntil = -Infinity;
  private currentBreaker: BreakerState;

  constructor(
    token: string,
    readonly lane: LaneRow,
    grantedAt: number,
  ) {
    this.token = token;
    this.validUntil = grantedAt + LEASE_MS;
    this.freeAt = performance.now() + lane.free_in_ms;
    this.heardAt = grantedAt;
    this.current = lane;
    const { rests, setbacks, rest_reason: reason, rest_code: code } = lane;
    this.currentBreaker = { rests, setbacks, reason, code };
  }

  get breaker(): BreakerState {
    return this.currentBreaker;
  }

  /** Milliseconds in which nothing of the lane is to be sent. */
  get openMs(): number {
    return Math.max(0, this.openUntil - performance.now());
  }

  /** How the lane fares from now on, and how long it rests first. */
  setBreaker(breaker: BreakerState, openMs = 0): void {
    this.currentBreaker = breaker;
    if (openMs > 0) this.openUntil = performance.now() + openMs;
  }

  /** The lane's settings as of at most a second ago, where the drain renews its lease when it `isStale`. */
  get settings(): LaneSettings {
    return this.current;
  }

  get isStale(): boolean {
    return performance.now() - this.heardAt > RENEW_EVERY_MS;
  }

  /** Milliseconds in which a provider call may still be begun. A process that was stopped and resumed finds none left. */
  get safeMs(): number {
    return this.validUntil - SAFETY_MS - performance.now();
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

  renewed(at: number, settings?: LaneSettings): void {
    this.validUntil = at + LEASE_MS;
    if (!settings) return;
    this.heardAt = at;
    this.current = settings;
    this.openUntil = at + settings.rests_for_ms;
  }
}
