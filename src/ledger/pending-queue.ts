/** The pending queue: messages that wait to be sent, lane by lane; claimed, put back, removed. */
import { Injectable } from '@nestjs/common';
import { Database, SqlValues } from '../kernel/index.js';
import type { Channel, ProviderName } from '../tenants/index.js';
import { BEGIN, CLAIM } from './claim.sql.js';
import type { ClaimedMessage } from './claimed-message.js';
import { FAIL_OVER, FAILOVER_CANDIDATES } from './failover.sql.js';
import { messageConditions, type MessageFilter } from './message-filter.js';
import { WAITING } from './message.status.js';
import type { MessageReason } from './message.reasons.js';

export interface ClaimRequest {
  readonly laneId: string;
  /** The drain's token: valid only while it is on the lane. */
  readonly token: string;
  readonly limit: number;
  /** Units that may be spent; the last message may overdraw them. */
  readonly budget: number;
  /** The lease is renewed for this long. */
  readonly leaseSeconds: number;
  /** Units that earlier messages needed beyond what was paid for them. */
  readonly owed: number;
}

/** A failover: the lane and the sender that take a message over, and why. */
export interface Failover {
  readonly id: string;
  readonly laneId: string;
  readonly provider: string;
  readonly senderAddress: string;
  readonly senderName: string | null;
  /** The class of the refusal, or why the lane's circuit breaker is open. */
  readonly reason: string;
  readonly code: string | null;
}

/** Pending messages of one sender in a lane. */
export interface WaitingOfSender {
  readonly laneId: string;
  /** The lane to take them: as many are returned as it sends within moments. */
  readonly otherLaneId: string;
  readonly tenantId: string;
  readonly venueId: string;
  readonly senderAddress: string;
}

/** The lanes in which a campaign's messages wait. */
export interface CampaignInLane {
  readonly campaignId: string;
  readonly tenantId: string;
  readonly laneId: string;
}

/** Messages waiting for the same reason. */
export interface StuckMessages {
  readonly reason: MessageReason | null;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly messages: number;
  /** When the oldest was accepted, as PostgreSQL text. */
  readonly oldest: string;
}

/** SQL: whether a drain has left claims in a lane. */
export const hasClaims = (lane: string): string =>
  `exists (select from pending where lane_id = ${lane} and claim is not null)`;

/** SQL: whether messages wait in a lane. */
export const hasWaiting = (lane: string): string =>
  `exists (select from pending where lane_id = ${lane} and claim is null)`;

/** SQL: whether messages that wait with a campaign are in the queue, claimed or not. */
export const hasQueued = (campaign: string, tenant: string): string => `(
  exists (select from lane, lateral (
    select from pending
    where lane_id = lane.id and claim is null and priority in (-1, 0, 1) and tenant_id = ${tenant} and campaign_id = ${campaign}
    limit 1) as waiting)
  or exists (select from pending where claim is not null and campaign_id = ${campaign}))`;

/** SQL: how many messages of a campaign wait for this reason. */
export const countWaiting = (campaign: string, tenant: string, reason: MessageReason): string => `(
  select count(*)::int from pending where tenant_id = ${tenant} and waits_for = '${reason}' and campaign_id = ${campaign})`;

/** SQL: whether a claim holds a message to a recipient on one of some channels. */
export const holdsMessageTo = (lane: string, claim: string, recipient: string, channels: string): string => `exists (
  select from pending join message on message.id = pending.message_id
  where pending.lane_id = ${lane} and pending.claim = ${claim}
    and message.recipient = ${recipient} and message.channel = any(${channels}))`;

@Injectable()
export class PendingQueue {
  constructor(private readonly database: Database) {}

  /**
   * Gives each message to one drain only. Empty if the lane is lost to another, or nothing is ready. Otherwise renews the
   * lease.
   */
  claim({ laneId, token, limit, budget, leaseSeconds, owed }: ClaimRequest): Promise<ClaimedMessage[]> {
    return this.database.prepared<ClaimedMessage>(CLAIM, [laneId, token, limit, budget, leaseSeconds, owed]);
  }

  /**
   * Records that calls for these messages are about to be made: if their claims are abandoned from now on, they are in doubt.
   * Returns those for which the calls may be made: not those taken by another drain, or moved by a report of an earlier
   * attempt.
   */
  async begin(claimed: readonly ClaimedMessage[]): Promise<ReadonlySet<string>> {
    const ordered = claimed.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const ids = ordered.map(({ id }) => id);
    const attempts = ordered.map((message) => message.attempts);
    const begun = await this.database.prepared<{ id: string }>(BEGIN, [ids, attempts, ids[0], ids.at(-1)]);
    return new Set(begun.map(({ id }) => id));
  }

  /**
   * What an earlier drain of the lane had claimed without beginning a call. Locked, so that a drain that has lost the lane
   * begins none meanwhile: call it in a transaction.
   */
  lockUncalled(laneId: string): Promise<ClaimedMessage[]> {
    return this.database.query<ClaimedMessage>(
      `select message.*, (select provider_account_id from lane where id = $1) as provider_account_id, attempts + 1 as attempts
       from pending join message on id = message_id
       where pending.lane_id = $1 and claim is not null and status = any($2) order by id for no key update of message`,
      [laneId, WAITING],
    );
  }

  /** The ids claimed in a lane. */
  async claimedIn(laneId: string): Promise<string[]> {
    const claimed = await this.database.query<{ message_id: string }>(
      `select message_id from pending where lane_id = $1 and claim is not null`,
      [laneId],
    );
    return claimed.map(({ message_id: id }) => id);
  }

  /** Removes a message from the queue before any drain has claimed it; false if it is no longer there. */
  async takeOut(messageId: string): Promise<boolean> {
    const taken = await this.database.query(
      `delete from pending where message_id = $1 and claim is null returning message_id`,
      [messageId],
    );
    return taken.length > 0;
  }

  /** Removes up to `limit` unclaimed messages of a campaign. Returns their ids. */
  async takeOutOf({ campaignId, tenantId, laneId }: CampaignInLane, limit: number): Promise<string[]> {
    const taken = await this.database.query<{ message_id: string }>(
      // Other senders' lanes come last, and are read only if its own has no more: some may have failed over there.
      `delete from pending where message_id in (
         select waiting.message_id from (select id from lane order by id <> $1) as lane, lateral (
           select message_id from pending
           where lane_id = lane.id and claim is null and priority in (-1, 0, 1) and tenant_id = $2 and campaign_id = $3
           limit $4) as waiting
         limit $4) and claim is null
       returning message_id`,
      [laneId, tenantId, campaignId, limit],
    );
    return taken.map(({ message_id: id }) => id);
  }

  /** Locks what may move to another lane now. Returns the ids; none if the other lane's circuit breaker is open too. */
  async lockForFailover({ laneId, otherLaneId, tenantId, venueId, senderAddress }: WaitingOfSender): Promise<string[]> {
    const waiting = await this.database.query<{ id: string }>(FAILOVER_CANDIDATES, [
      laneId,
      otherLaneId,
      tenantId,
      venueId,
      senderAddress,
    ]);
    return waiting.map(({ id }) => id);
  }

  /** Has up to `limit` messages of a tenant that wait for this reason tried at once, the oldest first. Returns how many there were. */
  async tryAgain(tenantId: string, reason: MessageReason, limit: number): Promise<number> {
    const hastened = await this.database.query(
      `update pending set ready_at = clock_timestamp() where message_id in (
         select message_id from pending
         where tenant_id = $1 and waits_for = $2 and claim is null and ready_at > clock_timestamp() order by message_id limit $3)
       and claim is null returning message_id`,
      [tenantId, reason, limit],
    );
    return hastened.length;
  }

  /** Up to `limit` that are ready in a lane that no drain takes. */
  async readyIn(laneId: string, limit: number): Promise<string[]> {
    const ready = await this.database.query<{ message_id: string }>(
      `select message_id from pending where lane_id = $1 and claim is null and ready_at <= clock_timestamp() limit $2`,
      [laneId, limit],
    );
    return ready.map(({ message_id: id }) => id);
  }

  /** Moves messages to other lanes: only those pending or claimed by the caller. Returns the ids moved. */
  async failOver(failovers: readonly Failover[]): Promise<ReadonlySet<string>> {
    const rows = failovers.map(({ id, laneId, provider, senderAddress, senderName, reason, code }) => ({
      id,
      lane_id: laneId,
      provider,
      reason,
      code,
      sender_address: senderAddress,
      sender_name: senderName,
    }));
    const moved = await this.database.query<{ id: string }>(FAIL_OVER, [
      JSON.stringify(rows),
      rows.map(({ id }) => id),
    ]);
    return new Set(moved.map(({ id }) => id));
  }

  /** Locks deferred messages, oldest first; claimed ones are left to their drain. */
  async lockDeferred(filter: MessageFilter, limit: number): Promise<string[]> {
    const { sql, values } = deferred(filter, limit);
    const waiting = await this.database.query<{ message_id: string }>(sql, values);
    return waiting.map(({ message_id: id }) => id);
  }

  /** Makes deferred messages ready at once. Returns the lane of each. */
  async hasten(filter: MessageFilter, limit: number): Promise<string[]> {
    const { sql, values } = deferred(filter, limit);
    const ready = await this.database.query<{ lane_id: string }>(
      `with waiting as materialized (${sql})
       update pending set ready_at = clock_timestamp() where message_id in (select message_id from waiting) returning lane_id`,
      values,
    );
    return ready.map(({ lane_id: lane }) => lane);
  }

  /** Deferred messages, by reason, channel and provider. */
  stuck(tenantId: string | undefined): Promise<StuckMessages[]> {
    const values = new SqlValues();
    const ofTenant = values.all([[(place) => `pending.tenant_id = ${place}`, tenantId]]);
    return this.database.query<StuckMessages>(
      countStuck(
        `select waits_for as reason, channel, provider, message_id as id
         from pending join lane on lane.id = lane_id where waits_for is not null ${ofTenant && `and ${ofTenant}`}`,
      ),
      values.list,
    );
  }
}

/** Counts rows of reason, channel, provider and id; an id holds the message's acceptance time. */
export const countStuck = (rows: string): string =>
  `select reason, channel, provider, count(*)::int as messages, min(uuid_extract_timestamp(id)) as oldest
   from (${rows}) as stuck group by reason, channel, provider order by messages desc, reason, channel, provider`;

function deferred(filter: MessageFilter, limit: number): { readonly sql: string; readonly values: unknown[] } {
  const values = new SqlValues();
  const asked = values.all(messageConditions(filter));
  const sql = `select message_id from pending join message on message.id = message_id
     where claim is null and waits_for is not null ${asked && `and ${asked}`}
     order by message_id limit ${limit} for update of pending skip locked`;
  return { sql, values: values.list };
}
