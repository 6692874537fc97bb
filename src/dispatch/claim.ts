/** Claims messages for a drain, and settles what an earlier one left. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { ProviderRegistry } from '../providers/index.js';
import { CLAIM } from './claim.sql.js';
import type { ClaimedMessage } from './claimed-message.js';
import { LEASE_MS, type LaneLease, type LaneRow } from './lane.lease.js';
import { OpenCalls } from './open-calls.js';
import { Transitions } from './transitions.js';

@Injectable()
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly providers: ProviderRegistry,
    private readonly openCalls: OpenCalls,
  ) {}

  /** Up to `limit` messages worth about `budget` units. Renews the lease; empty when it is lost or nothing is ready. */
  async claim(lease: LaneLease, limit: number, budget: number): Promise<ClaimedMessage[]> {
    const askedAt = performance.now();
    const owed = lease.settleDebt();
    const claimed = await this.database.prepared<ClaimedMessage>(CLAIM, [
      lease.lane.id,
      lease.token,
      limit,
      budget,
      LEASE_MS / 1000,
      owed,
    ]);
    if (claimed.length > 0) lease.renewed(askedAt);
    const units = claimed.reduce((sum, { segments }) => sum + segments, owed);
    lease.freeAt = Math.max(lease.freeAt, performance.now()) + (units / lease.settings.rate_per_second) * 1000;
    return claimed;
  }

  /**
   * Settles what an earlier holder of the lane had claimed and never recorded. It may or may not have been sent: evidence
   * decides, never a second send. Where calls are noted before they are made, what none was noted for is tried again.
   */
  async settleAbandoned({ id: laneId, provider }: LaneRow): Promise<void> {
    const { repeatableForMs } = await this.providers.adapter(provider);
    if (repeatableForMs) {
      const again = { reason: 'interrupted', code: 'not_called', retryInMs: 0 };
      const uncalled = await this.openCalls.uncalled(laneId);
      await this.transitions.defer(uncalled.map((messageId) => ({ messageId, ...again })));
    }
    const inDoubt = await this.database.query<{ message_id: string }>(
      `select message_id from pending where lane_id = $1 and claim is not null`,
      [laneId],
    );
    await this.transitions.apply(
      inDoubt.map(({ message_id: messageId }) => ({ messageId, status: 'unknown', reason: 'worker_lost' })),
      'dispatch',
    );
  }
}
