/** Sender failover: sends through another sender if the first cannot. Only for messages that were certainly not sent. */
import { Injectable, Logger } from '@nestjs/common';
import { Database, SparingLogger } from '../../kernel/index.js';
import type { Outcome, RefusalClass } from '../../providers/index.js';
import { FailoverSenders, type Channel, type Fallback, type SenderRoute } from '../../tenants/index.js';
import { MOST_FAILOVERS, PendingQueue, type ClaimedMessage, type Failover } from '../../ledger/index.js';
import { LaneQueue } from './lane.queue.js';
import { Lanes } from './lanes.js';

/**
 * Refusals that concern neither the person nor the text: another sender may succeed. How often it may take over. What is
 * `unlisted` stays where other messages show whose fault it is.
 */
const FAILOVERS: Readonly<Partial<Record<RefusalClass, number>>> = {
  sender: 1,
  pair: 1,
  config: MOST_FAILOVERS,
  account: MOST_FAILOVERS,
};

export interface Refused {
  readonly message: ClaimedMessage;
  readonly outcome: Extract<Outcome, { kind: 'refused' }>;
}

export interface OpenLane {
  readonly id: string;
  readonly accountId: string;
  /** Null if all senders of the account share the lane. */
  readonly address: string | null;
  readonly channel: Channel;
  readonly reason: string;
  readonly code: string | null;
}

/** Whether another sender may take over after this refusal; after one of this message's sender, only once. */
export function mayFailOver({ diversions }: Pick<ClaimedMessage, 'diversions'>, reason: RefusalClass): boolean {
  return diversions < (FAILOVERS[reason] ?? 0);
}

@Injectable()
export class SenderFailover {
  private readonly sparing = new SparingLogger(new Logger(SenderFailover.name));

  constructor(
    private readonly database: Database,
    private readonly pending: PendingQueue,
    private readonly fallbacks: FailoverSenders,
    private readonly lanes: Lanes,
    private readonly queue: LaneQueue,
  ) {}

  /**
   * Moves messages that a provider has just refused, if a fallback sender is configured and its lane's circuit breaker is not
   * open. Returns the ids of those moved. Call it in a transaction.
   */
  async afterRefusal(refused: readonly Refused[]): Promise<ReadonlySet<string>> {
    const failovers: Failover[] = [];
    for (const { message, outcome } of refused) {
      const { id, tenant_id: tenantId, venue_id: venueId, channel, sender_address: address } = message;
      const route = await this.fallbacks.ofSender(tenantId, venueId, channel, address);
      const laneId = route && (await this.lanes.laneFor(route, channel));
      if (laneId && (await this.lanes.isAwake(laneId))) {
        failovers.push(failover(id, route, laneId, outcome));
      }
    }
    return this.failOver(failovers);
  }

  /** Moves the messages of a lane whose circuit breaker is open, as fast as the fallback senders can take them. */
  async fromOpen(lane: OpenLane): Promise<void> {
    for (const fallback of await this.fallbacks.ofLane(lane.accountId, lane.address ?? undefined, lane.channel)) {
      const laneId = await this.lanes.laneFor(fallback.route, lane.channel);
      if (laneId !== lane.id) await this.failOverWaiting(lane, fallback, laneId);
    }
  }

  /** Moves the messages of one lane, as fast as this sender can take them. */
  toSender(lane: OpenLane, fallback: Fallback): Promise<void> {
    return this.lanes
      .laneFor(fallback.route, lane.channel)
      .then((laneId) => this.failOverWaiting(lane, fallback, laneId));
  }

  private failOverWaiting(
    { id, reason, code }: OpenLane,
    { tenantId, venueId, address: senderAddress, route }: Fallback,
    laneId: string,
  ): Promise<void> {
    return this.database.transaction(async () => {
      const waiting = await this.pending.lockForFailover({
        laneId: id,
        otherLaneId: laneId,
        tenantId,
        venueId,
        senderAddress,
      });
      await this.failOver(waiting.map((messageId) => failover(messageId, route, laneId, { reason, code })));
    });
  }

  private async failOver(failovers: readonly Failover[]): Promise<ReadonlySet<string>> {
    if (failovers.length === 0) return new Set();
    const moved = await this.pending.failOver(failovers);
    const to = new Set(failovers.map(({ laneId, reason }) => `lane ${laneId}: ${reason}`));
    for (const lane of to) this.sparing.say('log', `Messages fail over to ${lane}`);
    await this.queue.wakeAfterCommit(failovers.map(({ laneId }) => laneId));
    return moved;
  }
}

const failover = (
  id: string,
  { provider, address, displayName }: SenderRoute,
  laneId: string,
  why: Pick<Failover, 'reason' | 'code'>,
): Failover => ({ id, laneId, provider, senderAddress: address, senderName: displayName, ...why });
