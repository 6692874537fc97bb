/**
 * The statement that puts claimed messages back into the pending queue. If an attempt is named, only that attempt is put back,
 * whether its call had begun or not. One that was recalled while its call was made, or whose campaign is closed, ends instead: no drain
 * would take it. Parameters: deferrals, ids, source.
 */
import { appendEvents } from './message.events.js';
import { quoted, WAITING } from './message.status.js';
import { countMoves, QUEUED_WITH } from './campaign-counters.sql.js';

const IS_CLOSED = `exists (
  select from campaign_flow where campaign_flow.campaign_id = coalesce(message.campaign_id, root_campaign_id) and state = 'closed')`;
const WAITS = `message.status in (${quoted(WAITING)})`;

export const DEFER = `
  with back as materialized (
    select * from jsonb_to_recordset($1::jsonb) as back (id uuid, attempt int, untried boolean, code text, error_message text, reason text, retry_in_ms float8)
  ), held as materialized (
    select id, coalesce(recalled, case when not ${IS_CLOSED} then null when expires_at <= now() then 'expired' else 'campaign_cancelled' end) as ended_by
    from message where id = any($2::uuid[]) order by id for no key update
  ), moved as (
    update message set status = case when ended_by is null then 'queued' when ended_by = 'expired' then 'expired' else 'cancelled' end,
      reason = coalesce(ended_by, back.reason), settled_at = case when ended_by is not null then now() end,
      error_code = back.code, error_message = back.error_message, attempts = case when untried then attempts else coalesce(back.attempt, attempts) end,
      first_attempt_at = case when untried then first_attempt_at else coalesce(first_attempt_at, clock_timestamp()) end
    from back join held using (id)
    where message.id = back.id and message.id = any($2::uuid[]) and (message.status in ('sending', 'unknown') or ${WAITS})
      and coalesce(back.attempt, message.attempts) = message.attempts + (${WAITS})::int
    returning message.*, old.status as old_status,
      clock_timestamp() + make_interval(secs => back.retry_in_ms / 1000) as ready_at
  ), counted as (${countMoves('moved')}
  ), waiting as (
    insert into pending (message_id, lane_id, tenant_id, campaign_id, priority, units, ready_at, waits_for)
    select id, lane_id, tenant_id, ${QUEUED_WITH}, lane_priority(category), segments, ready_at, reason
    from moved where status = 'queued'
    on conflict (message_id) do update set claim = null, ready_at = excluded.ready_at, waits_for = excluded.waits_for
  ), ended as (
    delete from pending where message_id = any (array(select id from moved where status <> 'queued'))
  ), cleared as (
    delete from doubt where message_id = any (array(select id from moved where old_status = 'unknown'))
  ), event as (
    ${appendEvents({
      from: 'moved',
      kind: { sql: `case status when 'queued' then 'deferred' else status end` },
      previous: 'old_status',
      code: 'error_code',
      reason: 'reason',
      source: '$3',
    })}
  )
  select id, tenant_id, channel, category, provider, status, old_status as "previous", error_code, false as first_sent from moved`;
