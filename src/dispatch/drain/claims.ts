/** Claims messages for a drain, and settles abandoned claims. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { PendingQueue, Transitions, type ClaimedMessage } from '../../ledger/index.js';
import { LEASE_MS } from '../lanes/lane-lease.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { NOT_CALLED } from './not-called.js';
import { OutcomeRecorder } from './outcome-recorder.js';

@Injectable()
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly pending: PendingQueue,
    private readonly transitions: Transitions,
    private readonly outcomes: OutcomeRecorder,
  ) {}

  /**
   * Up to `limit` messages, for about as many units as the rate allows now. Extends the lease; empty if the lease is lost or
   * nothing is ready.
   */
  async claim(lane: LeasedLane, limit: number): Promise<ClaimedMessage[]> {
    const askedAt = performance.now();
    const { row, lease, budget, settings } = lane;
    const available = budget.available(settings.rate_per_second);
    const owed = budget.settleDebt();
    const claimed = await this.pending.claim({
      laneId: row.id,
      token: lease.token,
      limit,
      budget: available,
      leaseSeconds: LEASE_MS / 1000,
      owed,
    });
    if (claimed.length > 0) lease.extend(askedAt);
    const units = claimed.reduce((sum, { segments }) => sum + segments, owed);
    budget.spend(units, settings.rate_per_second);
    return claimed;
  }

  /**
   * Settles messages that an earlier holder of the lane claimed and never recorded. Those whose call was never started are
   * retried. The others may or may not have been sent: they become `unknown` and are reconciled, never blindly resent.
   */
  async settleAbandoned(laneId: string): Promise<void> {
    await this.database.transaction(async () => {
      const uncalled = await this.pending.lockUncalled(laneId);
      await this.outcomes.record(uncalled.map((message) => ({ message, outcome: NOT_CALLED })));
    });
    const inDoubt = await this.pending.claimedIn(laneId);
    await this.transitions.apply(
      inDoubt.map((messageId) => ({ messageId, status: 'unknown', reason: 'worker_lost' })),
      'dispatch',
    );
  }
}
