/** The statements that move messages to another sender's lane (sender failover). */
import { appendEvents } from './message.events.js';
import { countMoves, QUEUED_WITH } from './campaign-counters.sql.js';

/** The cause of a move that is no failover: what waited for a number has one. */
export const NUMBER_ASSIGNED = 'number_assigned';

/** There and back, if two senders are each other's fallback: no endless loop. */
export const MOST_FAILOVERS = 2;

/**
 * Parameters: failovers, their ids. Only messages that are pending, or claimed by the calling drain: one that a provider may
 * have taken is neither.
 */
export const FAIL_OVER = `
  with way as materialized (
    select * from jsonb_to_recordset($1::jsonb)
      as way (id uuid, lane_id uuid, provider text, sender_address text, sender_name text, reason text, code text)
  ), held as materialized (
    select id from message where id = any($2::uuid[]) order by id for no key update
  ), moved as (
    update message set status = 'queued', diversions = diversions + (way.reason <> '${NUMBER_ASSIGNED}')::int,
      reason = case way.reason when '${NUMBER_ASSIGNED}' then null else 'diverted' end, error_code = way.code, error_message = null,
      lane_id = way.lane_id, provider = way.provider, sender_address = way.sender_address, sender_name = way.sender_name
    from way join held using (id)
    where message.id = way.id and message.id = any($2::uuid[]) and message.status in ('sending', 'queued', 'scheduled')
      and recalled is null
    returning message.*, old.status as old_status, old.provider as refused_by, way.reason as cause
  ), counted as (${countMoves('moved')}
  ), waiting as (
    insert into pending (message_id, lane_id, tenant_id, campaign_id, priority, units, ready_at)
    select id, lane_id, tenant_id, ${QUEUED_WITH}, lane_priority(category), segments, now() from moved
    on conflict (message_id) do update set lane_id = excluded.lane_id, claim = null, ready_at = excluded.ready_at, waits_for = null
  ), fact as (
    ${appendEvents({
      from: 'moved',
      kind: 'diverted',
      previous: 'old_status',
      provider: 'refused_by',
      code: 'error_code',
      reason: 'cause',
      source: `'dispatch'`,
    })}
  )
  select id from moved`;

/** Messages handled per check of a lane with an open circuit breaker; transactional first. */
const LOOKS_AT = 20_000;
/** The other lane is given no more than it sends in this time. */
const AHEAD_SECONDS = 2;
const AT_LEAST = 20;

/**
 * Locks a sender's pending messages in a lane, as many as the other lane sends within moments: the rest waits for its own lane
 * to recover. Nothing if the other lane's breaker is open too. Parameters: lane, other lane, tenant, venue, sender.
 */
export const FAILOVER_CANDIDATES = `
  with other as materialized (
    select greatest(${AT_LEAST}, rate_per_second * ${AHEAD_SECONDS})::int as most from lane
    where id = $2 and state = 'active' and rest_until <= clock_timestamp()
  ), room as materialized (
    select most - (select count(*) from (
      select from pending where lane_id = $2 and claim is null limit (select most from other)) as ahead) as room
    from other
  )
  select message_id as id from pending join message on message.id = message_id
  where message_id = any (array(
      select message_id from pending
      where lane_id = $1 and claim is null and priority in (-1, 0, 1) and tenant_id = $3 order by priority limit ${LOOKS_AT}))
    and pending.lane_id = $1 and claim is null
    and message.venue_id = $4 and sender_address = $5 and diversions < ${MOST_FAILOVERS} and (ready_at <= now() or attempts > 0)
  order by priority, ready_at, message_id
  limit (select coalesce(max(room), 0) from room)
  for update of pending skip locked`;
