/** The statement that applies news to the ledger, the line, the tallies and the facts. Parameters: news, ids, ranks, source. */
import { tallyOf } from './tally.sql.js';

/**
 * `old` and `new` rows of one UPDATE decide which facts follow, so each is written exactly once: `sent` when the message is
 * first known to be taken, whatever told us; the status whenever it moved. A delivery that overtakes our own record of the
 * send thus leaves both facts, and the record that comes after it none. Rows are locked in the order of their ids (`held`), so
 * that a drain and a webhook who move the same messages at once cannot block each other for good.
 */
export const APPLY_NEWS = `
  with news as materialized (
    select * from jsonb_to_recordset($1::jsonb) as news (
      id uuid, status text, rank int, proves_sent boolean, settled boolean, reason text, code text, provider_message_id text,
      occurred_at timestamptz, uncalled int)
  ), held as materialized (
    select id from message where id = any($2::uuid[]) order by id for no key update
  ), moved as (
    update message set
      status = case when news.rank > ($3::jsonb ->> message.status)::int then news.status else message.status end,
      reason = case when news.rank > ($3::jsonb ->> message.status)::int then news.reason else message.reason end,
      error_code = case when news.rank > ($3::jsonb ->> message.status)::int then news.code else message.error_code end,
      provider_message_id = coalesce(message.provider_message_id, news.provider_message_id),
      sent_at = case when news.proves_sent then coalesce(message.sent_at, now()) else message.sent_at end,
      attempts = message.attempts - news.uncalled,
      settled_at = case when news.settled then coalesce(message.settled_at, now()) else message.settled_at end
    from news join held using (id)
    where message.id = news.id and message.id = any($2::uuid[])
      and (news.rank > ($3::jsonb ->> message.status)::int
        or (news.provider_message_id is not null and message.provider_message_id is null))
    returning message.*, old.status as old_status, old.sent_at is null and new.sent_at is not null as first_sent,
      news.status as news_status, news.code as news_code, news.occurred_at
  ), tally as (${tallyOf('moved')}
  ), line as (
    delete from pending using moved where pending.message_id = moved.id and moved.status not in ('queued', 'scheduled')
  ), fact as (
    select moved.*, 'sent' as kind, old_status as previous, 0 as place from moved where first_sent
    union all
    select moved.*, moved.status, case when first_sent then 'sent' else old_status end, 1 from moved
    where old_status <> moved.status and moved.status <> 'sent'
  ), told as (
    insert into message_event
      (message_id, tenant_id, kind, previous, channel, category, provider, segments, code, reason, source, occurred_at)
    select id, tenant_id, kind, previous, channel, category, provider, segments,
      case when place = 1 then error_code end, case when place = 1 then reason end, $4,
      case when kind = news_status then occurred_at end
    from fact order by place, id
  )
  select id, tenant_id, channel, category, provider, status, old_status as "previous" from moved where status <> old_status`;
