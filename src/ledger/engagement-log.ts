/** Records what people did about messages, as facts, and reads it. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { appendEvents, ENGAGEMENTS, type Engagement, type MachineEngagement, type Source } from './message.events.js';
import { quoted } from './message.status.js';

/** What a person, or a machine, did about a message. */
export interface EngagementNews {
  readonly messageId: string;
  readonly kind: Engagement | MachineEngagement;
  /** When it happened, according to the provider, or to us if the link is ours. */
  readonly occurredAt?: Date | undefined;
}

/** Without the previous status: who counts moves between statuses counts no other. */
const RECORD = appendEvents({
  from: `unnest($1::uuid[], $2::text[], $3::timestamptz[]) as news (about, did, happened)
    join message on message.id = about and message.id between $4::uuid and $5::uuid`,
  kind: { sql: 'did' },
  source: '$6',
  occurredAt: 'happened',
});

/** The bound prunes older months. */
const UNSUBSCRIBED = appendEvents({
  from: `message where id = $1::uuid and not exists (
      select from message_event as earlier where earlier.message_id = $1::uuid and earlier.kind = 'unsubscribed'
        and earlier.at >= uuid_extract_timestamp($1::uuid) - interval '1 day')`,
  kind: 'unsubscribed',
  source: `'link'`,
  occurredAt: 'statement_timestamp()',
});

/**
 * A message, those that it followed, and those that followed it: to the person they are one. Each is looked up by itself, as the planner
 * takes a chain to be so long that it would rather read all messages.
 */
const CHAINS = `
  with recursive later as (
    select id as named, id, followed_by from message where id = any($1::uuid[])
    union all
    select named, next.* from later
      cross join lateral (select id, followed_by from message where message.id = later.followed_by limit 1) as next
  ), earlier as (
    select id as named, id, coalesce(fallback_of, resend_of) as follows from message where id = any($1::uuid[])
    union all
    select named, previous.* from earlier
      cross join lateral (
        select id, coalesce(fallback_of, resend_of) as follows from message where message.id = earlier.follows limit 1) as previous
  ), chain as (
    select named, id from later union select named, id from earlier
  )`;

@Injectable()
export class EngagementLog {
  constructor(private readonly database: Database) {}

  /** Each is a fact of its own: the inbox hands a report over once, and a link is counted once. */
  async record(news: readonly EngagementNews[], source: Source): Promise<void> {
    if (news.length === 0) return;
    const ids = news.map(({ messageId }) => messageId).toSorted();
    await this.database.query(RECORD, [
      news.map(({ messageId }) => messageId),
      news.map(({ kind }) => kind),
      news.map(({ occurredAt }) => occurredAt),
      ids[0],
      ids.at(-1),
      source,
    ]);
  }

  /**
   * The person has left by a link of this message: a fact of it once, however often they leave. Must run in the transaction that takes
   * their decision down, which nobody else's about them runs beside.
   */
  async unsubscribed(messageId: string): Promise<void> {
    await this.database.query(UNSUBSCRIBED, [messageId]);
  }

  /**
   * What was done about each of these messages, one that it followed, or one that followed it; those with nothing are absent. The key
   * that a person presses in a call, for which it is `read`, is an answer.
   */
  async of(messageIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<Engagement>>> {
    if (messageIds.length === 0) return new Map();
    const rows = await this.database.query<{ named: string; kinds: Engagement[] }>(
      // As in the timeline of a message, the bound prunes older months.
      `${CHAINS}
       select named, array_agg(distinct did) as kinds from chain cross join lateral (
         select case kind when 'read' then 'answered' else kind end as did from message_event
         where message_id = chain.id and at >= uuid_extract_timestamp(chain.id) - interval '1 day'
           and (kind in (${quoted(ENGAGEMENTS)}) or (kind = 'read' and channel = 'voice'))
         group by did) as done
       group by named`,
      [messageIds],
    );
    return new Map(rows.map(({ named, kinds }) => [named, new Set(kinds)]));
  }
}
