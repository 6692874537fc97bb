/** One drain per lane at a time: a lease on the lane's row, fenced by its holder's token. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../kernel/index.js';
import type { ProviderName } from '../tenants/index.js';

/** A holder that is silent for this long has lost the lane. */
export const LEASE_MS = 15_000;
/** No provider call begins with less than this left, so that none is under way when another drain takes over. */
const SAFETY_MS = 3_000;

/** A drain hears within this time that its lane may send faster, or must send slower. */
const RENEW_EVERY_MS = 1_000;

/** What may change while a drain has the lane. */
interface LaneSettings {
  readonly rate_per_second: number;
  readonly concurrency: number;
  readonly batch_size: number;
}

interface LaneRow extends LaneSettings {
  readonly id: string;
  readonly provider_account_id: string;
  readonly provider: ProviderName;
  readonly free_in_ms: number;
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
  }
}

@Injectable()
export class LaneLeases {
  constructor(private readonly database: Database) {}

  /** Takes a free or abandoned lane; undefined when another drain has it, or it is stopped. */
  async acquire(laneId: string): Promise<LaneLease | undefined> {
    const token = uuidv7();
    const askedAt = performance.now();
    const [lane] = await this.database.query<LaneRow>(
      `update lane set lease_holder = $2, lease_until = clock_timestamp() + make_interval(secs => $3)
       where id = $1 and state = 'active' and lease_until < clock_timestamp()
       returning id, provider_account_id, provider, rate_per_second, concurrency, batch_size,
         (extract(epoch from free_at - clock_timestamp()) * 1000)::float8 as free_in_ms,
         exists (select from pending where lane_id = lane.id and claim is not null) as abandoned`,
      [laneId, token, LEASE_MS / 1000],
    );
    return lane && new LaneLease(token, lane, askedAt);
  }

  /** Extends a lease, and reads the lane's settings anew; false when it was lost to another drain, or the lane is stopped. */
  async renew(lease: LaneLease): Promise<boolean> {
    const askedAt = performance.now();
    const [settings] = await this.database.query<LaneSettings>(
      `update lane set lease_until = clock_timestamp() + make_interval(secs => $3)
       where id = $1 and lease_holder = $2 and state = 'active' returning rate_per_second, concurrency, batch_size`,
      [lease.lane.id, lease.token, LEASE_MS / 1000],
    );
    if (settings) lease.renewed(askedAt, settings);
    return settings !== undefined;
  }

  /** Gives the lane back at once. */
  async release(lease: LaneLease): Promise<void> {
    await this.database.query(
      `update lane set lease_holder = null, lease_until = '-infinity' where id = $1 and lease_holder = $2`,
      [lease.lane.id, lease.token],
    );
  }
}
