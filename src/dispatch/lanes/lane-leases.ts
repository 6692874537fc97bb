/** One drain per lane at a time: a lease on the lane's row. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../kernel/index.js';
import { hasClaims } from '../../ledger/index.js';
import { LEASE_MS } from './lane-lease.js';
import { LeasedLane, type LaneRow, type LaneSettings } from './leased-lane.js';

const SETTINGS = `rate_per_second, concurrency, batch_size,
  greatest(0, extract(epoch from rest_until - clock_timestamp()) * 1000)::float8 as rests_for_ms`;

@Injectable()
export class LaneLeases {
  constructor(private readonly database: Database) {}

  /** Leases a free or abandoned lane; undefined if another drain has it, its breaker is open, or it is stopped. */
  async acquire(laneId: string): Promise<LeasedLane | undefined> {
    const token = uuidv7();
    const askedAt = performance.now();
    const [row] = await this.database.query<LaneRow>(
      `update lane set lease_holder = $2, lease_until = clock_timestamp() + make_interval(secs => $3)
       where id = $1 and state = 'active' and lease_until < clock_timestamp() and rest_until <= clock_timestamp()
       returning id, provider_account_id, provider, rests, setbacks, rest_reason, rest_code, ${SETTINGS},
         (extract(epoch from free_at - clock_timestamp()) * 1000)::float8 as free_in_ms,
         ${hasClaims('lane.id')} as abandoned`,
      [laneId, token, LEASE_MS / 1000],
    );
    return row && new LeasedLane(row, token, askedAt);
  }

  /** Extends a lease, and reloads the lane's settings; false if another drain has it, or the lane is stopped. */
  async renew(lane: LeasedLane): Promise<boolean> {
    const askedAt = performance.now();
    const [settings] = await this.database.query<LaneSettings>(
      `update lane set lease_until = clock_timestamp() + make_interval(secs => $3)
       where id = $1 and lease_holder = $2 and state = 'active' returning ${SETTINGS}`,
      [lane.row.id, lane.lease.token, LEASE_MS / 1000],
    );
    if (settings) lane.renewed(askedAt, settings);
    return settings !== undefined;
  }

  /** Ends the lease at once. */
  async release({ row, lease }: LeasedLane): Promise<void> {
    await this.database.query(
      `update lane set lease_holder = null, lease_until = '-infinity' where id = $1 and lease_holder = $2`,
      [row.id, lease.token],
    );
  }
}
