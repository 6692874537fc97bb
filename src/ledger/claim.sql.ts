/** The statements by which a drain takes messages: the claim, and the start of their calls. */
import { quoted, WAITING } from './message.status.js';
import { NO_CAMPAIGN, countMoves } from './campaign-counters.sql.js';

/**
 * Emergencies before transactional before marketing; within a priority one message of each tenant in turn, starting after the tenant served last,
 * so that one tenant's bulk does not delay another's transactional messages; within a tenant its campaigns and its single
 * messages in turn, each oldest first. A skip scan over `pending_ready` visits these groups, so the cost follows the number of
 * waiting groups, not messages. A campaign that is held or closed, or has used up its throttle, is skipped; its throttle row is
 * locked, so that no claim follows a committed hold. Units are summed until the rate's budget is spent; one message may
 * overdraw it, and the lane then waits longer.
 *
 * Rows are updated by `= any`, not by joins: that leaves the planner only the primary key, even when it plans while the queue
 * is empty. A message moved to another lane meanwhile is not taken: the lane column is checked again.
 *
 * Parameters: lane, lease, messages, units, seconds of lease, units owed.
 */
export const CLAIM = `
  with recursive holder as materialized (
    select id, last_tenant_id, rate_per_second from lane where id = $1 and lease_holder = $2 and state = 'active' for update
  ), queue_group as (
    (select priority, tenant_id, campaign_id, ready_at from pending, holder where lane_id = $1 and claim is null
     order by priority, tenant_id, campaign_id, ready_at limit 1)
    union all
    select next.* from queue_group, lateral (
      select priority, tenant_id, campaign_id, ready_at from pending
      where lane_id = $1 and claim is null
        and (priority, tenant_id, campaign_id) > (queue_group.priority, queue_group.tenant_id, queue_group.campaign_id)
      order by priority, tenant_id, campaign_id, ready_at limit 1) as next
  ), throttle as materialized (
    select campaign_id, flow_allowance(state, per_second, free_at) as allowance from campaign_flow
    where campaign_id = any (array(select campaign_id from queue_group)) order by campaign_id for no key update
  ), open as (
    select queue_group.*, coalesce(throttle.allowance, $3) as allowance, count(*) over () as queue_groups
    from queue_group left join throttle using (campaign_id)
    where ready_at <= now() and coalesce(throttle.allowance, $3) > 0
  ), turn as (
    select first.*, open.tenant_id, open.priority,
      row_number() over (partition by open.priority, open.tenant_id order by first.place, open.campaign_id) as turn
    from open, lateral (
      select message_id, units, row_number() over (order by ready_at, message_id) as place from pending
      where lane_id = $1 and claim is null and priority = open.priority and tenant_id = open.tenant_id
        and campaign_id = open.campaign_id and ready_at <= now()
      order by ready_at, message_id limit least($3, open.allowance, 50 + 4 * $3 / open.queue_groups)) as first
  ), fitting as materialized (
    select * from (
      select *, sum(units) over (order by place) - units as before from (
        select message_id, units, tenant_id,
          row_number() over (order by priority, turn, turn.tenant_id <= last_tenant_id, tenant_id) as place
        from turn, holder order by place limit $3) as candidate) as candidate
    where before < $4
  ), claimed as (
    update pending set claim = $2
    where message_id = any (array(select message_id from fitting)) and coalesce(claim, $2) = $2
      and lane_id is not distinct from $1
    returning message_id, units, campaign_id
  ), moved as (
    update lane set
      lease_until = clock_timestamp() + make_interval(secs => $5),
      free_at = greatest(free_at, clock_timestamp())
        + make_interval(secs => (coalesce((select sum(units) from claimed), 0) + $6) / rate_per_second),
      last_tenant_id = coalesce((select tenant_id from fitting order by place desc limit 1), last_tenant_id)
    where id in (select id from holder)
  ), throttled as (
    update campaign_flow set
      free_at = greatest(free_at, clock_timestamp()) + make_interval(secs => spent.messages / per_second)
    from (select campaign_id, count(*) as messages from claimed where campaign_id <> '${NO_CAMPAIGN}' group by campaign_id) as spent
    where campaign_flow.campaign_id = spent.campaign_id and per_second is not null
  )
  select id, tenant_id, venue_id, campaign_id, root_campaign_id, channel, category, (select provider_account_id from lane where id = $1) as provider_account_id, sender_address, sender_name, recipient, template_version_id, data, content, mail,
    host_refs, host_data, correlation_id, trace, is_test, attempts + 1 as attempts, first_attempt_at, diversions, segments, expires_at
  from message where id = any (array(select message_id from claimed))`;

/**
 * From here on calls may have been made. Skips messages that another drain has claimed meanwhile, which counts as an attempt,
 * or that a report of an earlier attempt has moved on. Rows are locked in id order, as by reports.
 *
 * Parameters: ordered ids, the attempt number of each, the first and the last id.
 */
export const BEGIN = `
  with begun as (
    update message set status = 'sending', attempts = attempt.number, first_attempt_at = coalesce(first_attempt_at, clock_timestamp())
    from unnest($1::uuid[], $2::int[]) as attempt (id, number)
    where message.id = attempt.id and message.id between $3::uuid and $4::uuid
      and message.status in (${quoted(WAITING)}) and message.attempts = attempt.number - 1
    returning message.id, campaign_id, message.status, old.status as old_status
  ), counted as (${countMoves('begun')})
  select id from begun`;

/**
 * By channel, for how many seconds the message has been ready that waits for longest of those that a claim could take; `urgent`: of those
 * that are not marketing, which waits for its turn. All lanes go from crowd to crowd together: a priority, tenant and campaign that waits in one.
 */
export const OLDEST_WAITING = `
  with recursive crowd as (
    (select lane.id as lane_id, channel, first.* from lane, lateral (
       select priority, tenant_id, campaign_id, ready_at from pending
       where lane_id = lane.id and claim is null order by priority, tenant_id, campaign_id, ready_at limit 1) as first)
    union all
    select crowd.lane_id, channel, next.* from crowd, lateral (
      select priority, tenant_id, campaign_id, ready_at from pending
      where lane_id = crowd.lane_id and claim is null
        and (priority, tenant_id, campaign_id) > (crowd.priority, crowd.tenant_id, crowd.campaign_id)
      order by priority, tenant_id, campaign_id, ready_at limit 1) as next),
  oldest as (
    select channel, min(ready_at) as since, min(ready_at) filter (where priority < lane_priority('marketing')) as urgent_since
    from crowd left join campaign_flow as flow using (campaign_id)
    where ready_at <= now() and (flow.campaign_id is null or flow_allowance(state, per_second, free_at) >= 1)
    group by 1)
  select channel, coalesce(extract(epoch from now() - since), 0)::float8 as seconds,
    coalesce(extract(epoch from now() - urgent_since), 0)::float8 as urgent
  from (select distinct channel from lane) as channels left join oldest using (channel)`;

/** How many messages wait of each channel of `$1` and each category of `$2`, counted to `$3`. */
export const WAITING_COUNTS = `
  select channel, category, (
    select count(*) from (
      select from lane, lateral (
        select from pending where lane_id = lane.id and priority = lane_priority(category) and claim is null limit $3) as waiting
      where lane.channel = asked.channel limit $3) as first)::int as messages
  from unnest($1::text[]) as asked (channel), unnest($2::text[]) as category`;
