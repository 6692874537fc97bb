/** Moves messages through their lives: ledger, line and facts together, in one statement for a whole batch. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { PROVES_SENT, RANK, SETTLED, outranks, type MessageStatus } from './message.status.js';

/** News of one message. */
export interface News {
  readonly messageId: string;
  readonly status: MessageStatus;
  /** Why, as a stable word of ours. */
  readonly reason?: string;
  /** The provider's own code. */
  readonly code?: string;
  readonly providerMessageId?: string;
  /** When it happened, by the provider's word. */
  readonly occurredAt?: Date;
  /** A drain had taken it up and stopped it before the provider was called: its attempt was none. */
  readonly uncalled?: boolean;
}

/** By whose word a fact is known. */
export type Source = 'api' | 'dispatch' | 'webhook';

/** What a provider's call left to be tried again. */
export interface Deferral {
  readonly messageId: string;
  readonly code: string;
  readonly retryInMs: number;
}

/**
 * `old` and `new` rows of one UPDATE decide which facts follow, so each is written exactly once: `sent` when the message is
 * first known to be taken, whatever told us; the status whenever it moved. A delivery that overtakes our own record of the
 * send thus leaves both facts, and the record that comes after it none. Rows are locked in the order of their ids (`held`), so
 * that a drain and a webhook who move the same messages at once cannot block each other for good.
 */
const APPLY = `
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

/** A message that news has moved. */
export interface Moved {
  readonly id: string;
  readonly tenant_id: string;
  readonly channel: string;
  readonly category: string;
  readonly provider: string;
  readonly status: MessageStatus;
  readonly previous: MessageStatus;
}

@Injectable()
export class Transitions {
  constructor(private readonly database: Database) {}

  /** Applies news in whatever order it comes: a message moves only upwards in rank. Answers those that moved. */
  async apply(news: readonly News[], source: Source): Promise<Moved[]> {
    if (news.length === 0) return [];
    const strongest = reduce(news);
    const rows = strongest.map((one) => ({
      ...{ id: one.messageId, status: one.status, rank: RANK[one.status], reason: one.reason, code: one.code },
      // A provider that has an id for it has taken it, whatever became of it then.
      ...{
        proves_sent: PROVES_SENT.includes(one.status) || one.providerMessageId !== undefined,
        settled: SETTLED.includes(one.status),
      },
      ...{
        provider_message_id: one.providerMessageId,
        occurred_at: one.occurredAt,
        uncalled: Number(one.uncalled ?? false),
      },
    }));
    return this.database.query<Moved>(APPLY, [
      JSON.stringify(rows),
      strongest.map(({ messageId }) => messageId),
      JSON.stringify(RANK),
      source,
    ]);
  }

  /**
   * Puts claimed messages back into the line, also one that was given up as `unknown` meanwhile: whoever defers it knows that it
   * was not sent. A message that news has moved on stays where it is.
   */
  async defer(deferrals: readonly Deferral[]): Promise<void> {
    if (deferrals.length === 0) return;
    await this.database.query(
      `with back as materialized (
         select * from jsonb_to_recordset($1::jsonb) as back (id uuid, code text, retry_in_ms float8)
       ), held as materialized (
         select id from message where id = any($2::uuid[]) order by id for no key update
       ), moved as (
         update message set status = 'queued', reason = 'deferred', error_code = back.code
         from back join held using (id) where message.id = back.id and message.id = any($2::uuid[]) and message.status in ('sending', 'unknown')
         returning message.*, old.status as old_status,
           clock_timestamp() + make_interval(secs => back.retry_in_ms / 1000) as ready_at
       ), line as (
         insert into pending (message_id, lane_id, tenant_id, priority, units, ready_at)
         select id, lane_id, tenant_id, lane_priority(category), segments, ready_at from moved
         on conflict (message_id) do update set claim = null, ready_at = excluded.ready_at
       )
       insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, code, reason, source)
       select id, tenant_id, 'deferred', old_status, channel, category, provider, segments, error_code, reason, 'dispatch' from moved`,
      [
        JSON.stringify(
          deferrals.map(({ messageId, code, retryInMs }) => ({ id: messageId, code, retry_in_ms: retryInMs })),
        ),
        deferrals.map(({ messageId }) => messageId),
      ],
    );
  }
}

/** Of several news of one message, the highest; a provider's id is kept from whichever has it. */
function reduce(news: readonly News[]): News[] {
  const strongest = new Map<string, News>();
  for (const one of news) {
    const other = strongest.get(one.messageId);
    const [high, low] = other && !outranks(one.status, other.status) ? [other, one] : [one, other];
    strongest.set(one.messageId, { ...high, providerMessageId: high.providerMessageId ?? low?.providerMessageId });
  }
  return [...strongest.values()];
}
