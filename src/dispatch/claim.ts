/** Claims messages for a drain: the statement that decides who is next. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Category, Channel } from '../tenants/index.js';
import { LEASE_MS, type LaneLease } from './lane.lease.js';
import type { StoredContent } from './message.content.js';
import { Transitions } from './transitions.js';

/** A message in a drain's hands: status `sending`, and nobody else's until it is recorded. */
export interface ClaimedMessage {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly sender_address: string;
  readonly sender_name: string | null;
  readonly recipient: string;
  readonly template_version_id: string | null;
  readonly data: Record<string, unknown> | null;
  readonly content: StoredContent | null;
  readonly attempts: number;
  readonly segments: number;
  readonly expires_at: string | null;
  readonly created_at: string;
}

/**
 * Transactional before marketing; within a priority one message of each tenant in turn, beginning after the tenant served
 * last, so that nobody's million delays another's ticket; within a tenant the oldest first. `pending_ready` is walked by a
 * skip scan over (priority, tenant), so the cost follows the number of tenants waiting and not of messages. Units are added
 * up until the rate's budget is spent; one message may overdraw it, and the lane then waits longer.
 */
const CLAIM = `
  with recursive holder as materialized (
    select id, last_tenant_id, rate_per_second from lane where id = $1 and lease_holder = $2 and state = 'active' for update
  ), crowd as (
    (select priority, tenant_id from pending, holder where lane_id = $1 and claim is null order by priority, tenant_id limit 1)
    union all
    select next.priority, next.tenant_id from crowd, lateral (
      select priority, tenant_id from pending
      where lane_id = $1 and claim is null and (priority, tenant_id) > (crowd.priority, crowd.tenant_id)
      order by priority, tenant_id limit 1) as next
  ), turn as (
    select first.message_id, first.units, crowd.tenant_id,
      row_number() over (order by crowd.priority, first.place, crowd.tenant_id <= holder.last_tenant_id, crowd.tenant_id) as place
    from crowd, holder, lateral (
      select message_id, units, row_number() over (order by ready_at, message_id) as place from pending
      where lane_id = $1 and claim is null and priority = crowd.priority and tenant_id = crowd.tenant_id and ready_at <= now()
      order by ready_at, message_id limit $3) as first
    order by place limit $3
  ), fitting as (
    select * from (select *, sum(units) over (order by place) - units as before from turn) as line where before < $4
  ), claimed as (
    update pending set claim = $2 from fitting
    where pending.message_id = fitting.message_id and pending.claim is null
    returning pending.message_id, pending.units, fitting.tenant_id, fitting.place
  ), moved as (
    update lane set
      lease_until = clock_timestamp() + make_interval(secs => $5),
      free_at = greatest(free_at, clock_timestamp())
        + make_interval(secs => coalesce((select sum(units) from claimed), 0) / rate_per_second),
      last_tenant_id = coalesce((select tenant_id from claimed order by place desc limit 1), last_tenant_id)
    where id in (select id from holder)
  )
  update message set status = 'sending', attempts = attempts + 1
  from claimed where message.id = claimed.message_id
  returning id, message.tenant_id, venue_id, channel, category, sender_address, sender_name, recipient, template_version_id,
    data, content, attempts, segments, expires_at, uuid_extract_timestamp(id) as created_at`;

@Injectable()
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
  ) {}

  /** Up to `limit` messages worth about `budget` units. Renews the lease; empty when it is lost or nothing is ready. */
  async claim(lease: LaneLease, limit: number, budget: number): Promise<ClaimedMessage[]> {
    const askedAt = performance.now();
    const claimed = await this.database.query<ClaimedMessage>(CLAIM, [
      lease.lane.id,
      lease.token,
      limit,
      budget,
      LEASE_MS / 1000,
    ]);
    if (claimed.length > 0) lease.renewed(askedAt);
    const units = claimed.reduce((sum, { segments }) => sum + segments, 0);
    lease.freeAt = Math.max(lease.freeAt, performance.now()) + (units / lease.lane.rate_per_second) * 1000;
    return claimed;
  }

  /**
   * Settles what an earlier holder of the lane had claimed and never recorded. It may or may not have been sent: evidence
   * decides, never a second send.
   */
  async settleAbandoned(laneId: string): Promise<void> {
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
