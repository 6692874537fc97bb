/** Claims messages for a drain, and settles what an earlier one left. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { BEGIN, CLAIM, type ClaimedMessage, Transitions, WAITING } from '../../ledger/index.js';
import { NOT_CALLED } from './not-called.js';
import { LEASE_MS, type LaneLease } from '../lanes/lane.lease.js';
import { RecordOutcomes } from './record-outcomes.command.js';

@Injectable()
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly commands: CommandBus,
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
   * Says that calls for these messages are about to be made: whoever finds their claims abandoned from now on takes them to be in
   * doubt. Answers for which the calls may be made: not for what another drain, or news of an earlier attempt, has taken away.
   */
  async begin(claimed: readonly ClaimedMessage[]): Promise<ReadonlySet<string>> {
    const ordered = claimed.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const ids = ordered.map(({ id }) => id);
    const attempts = ordered.map((message) => message.attempts);
    const begun = await this.database.prepared<{ id: string }>(BEGIN, [ids, attempts, ids[0], ids.at(-1)]);
    return new Set(begun.map(({ id }) => id));
  }

  /**
   * Settles what an earlier holder of the lane had claimed and never recorded. For what it had begun no call, there will be none: it
   * is tried again. The rest may or may not have been sent: evidence decides, never a second send.
   */
  async settleAbandoned(laneId: string): Promise<void> {
    await this.database.transaction(async () => {
      // Locked, so that the drain that has lost the lane begins no call for them meanwhile.
      const uncalled = await this.database.query<ClaimedMessage>(
        `select message.*, attempts + 1 as attempts
         from pending join message on id = message_id
         where pending.lane_id = $1 and claim is not null and status = any($2) order by id for no key update of message`,
        [laneId, WAITING],
      );
      await this.commands.execute(new RecordOutcomes(uncalled.map((message) => ({ message, outcome: NOT_CALLED }))));
    });
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
