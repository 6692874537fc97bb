/**
 * The statement that applies reports to the ledger, the pending queue, the campaign counters and the events. Parameters: one
 * array per column of the reports, in id order; the source; the first and last id, which prune partitions.
 */
import { appendEvents } from './message.events.js';
import { quoted, RANK, SETTLED, WAITING } from './message.status.js';
import { countMoves } from './campaign-counters.sql.js';

const RANK_NOW = `case message.status ${Object.entries(RANK)
  .map(([status, rank]) => `when '${status}' then ${rank}`)
  .join(' ')} end`;

/**
 * The `old` and `new` rows of one UPDATE decide which facts follow, so each is written exactly once: `sent` when the message is
 * first known to be taken, whatever the source; the status whenever it changed. A delivery that overtakes our own record of the
 * send thus writes both facts, and the later record writes none. What follows `sent` leaves that, or the end that was given it before
 * it was known to be sent. Reports are in id order, and the plan locks rows in that
 * order, so that a drain and a webhook updating the same messages cannot deadlock.
 */
export const APPLY_NEWS = `
  with moved as (
    update message set
      status = case when news.rank > ${RANK_NOW} then news.status else message.status end,
      reason = case when news.rank > ${RANK_NOW} then news.reason else message.reason end,
      error_code = case when news.rank > ${RANK_NOW} then news.code else message.error_code end,
      error_message = case when news.rank > ${RANK_NOW} then news.error_message else message.error_message end,
      provider_message_id = coalesce(message.provider_message_id, news.provider_message_id),
      sent_at = case when news.proves_sent then coalesce(message.sent_at, now()) else message.sent_at end,
      settled_at = case when news.settled then coalesce(message.settled_at, now()) else message.settled_at end
    from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::boolean[], $9::boolean[],
      $10::boolean[], $11::text[]) as news (id, status, rank, reason, code, provider_message_id, occurred_at, uncalled, proves_sent,
      settled, error_message)
    where message.id = news.id and message.id between $13::uuid and $14::uuid
      and (not news.uncalled or message.status in (${quoted(WAITING)}))
      and (news.rank > ${RANK_NOW}
        or (news.provider_message_id is not null and message.provider_message_id is null))
    returning message.id, tenant_id, campaign_id, channel, category, provider, segments, message.status, message.reason, error_code,
      old.status as old_status, old.sent_at is null and new.sent_at is not null as first_sent,
      news.status as news_status, news.occurred_at
  ), counted as (${countMoves('moved')}
  ), waiting as (
    delete from pending where message_id = any (array(select id from moved where status not in ('queued', 'scheduled')))
  ), doubted as (
    insert into doubt (message_id, tenant_id) select id, tenant_id from moved where status = 'unknown' and old_status <> 'unknown'
    on conflict (message_id) do update set since = excluded.since, look_at = excluded.look_at, looks = 0
  ), cleared as (
    delete from doubt where message_id = any (array(select id from moved where old_status = 'unknown' and status <> 'unknown'))
  ), fact as (
    ${appendEvents({
      from: `moved, lateral (
        select 'sent' as kind, old_status as previous, null as code, null as reason where first_sent
        union all
        select status, case when first_sent and old_status not in (${quoted(SETTLED)}) then 'sent' else old_status end, error_code, moved.reason
        where old_status <> status and status <> 'sent') as event`,
      kind: { sql: 'kind' },
      previous: 'previous',
      code: 'event.code',
      reason: 'event.reason',
      source: '$12',
      occurredAt: 'case when kind = news_status then occurred_at end',
    })}
  )
  select id, tenant_id, channel, category, provider, status, old_status as "previous", error_code, first_sent from moved where status <> old_status`;
