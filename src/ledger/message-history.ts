/** Reads messages and their events. */
import { Injectable } from '@nestjs/common';
import { Database, SqlValues, type SqlCondition } from '../kernel/index.js';
import type { ClaimedMessage } from './claimed-message.js';
import type { MessageEventKind, Source } from './message.events.js';
import { messageConditions, type MessageFilter } from './message-filter.js';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';
import type { MessageStatus } from './message.status.js';

/** Messages that one page scans if few or none match: no page reads a tenant's whole history. */
const LOOKS_AT = 20_000;

export interface MessageWithTimeline extends MessageRow {
  /** Its events, oldest first, but for what only bills are made from. */
  readonly events: readonly EventRow[];
}

export interface MessageContentRow extends Pick<
  ClaimedMessage,
  | 'id'
  | 'channel'
  | 'recipient'
  | 'sender_address'
  | 'sender_name'
  | 'template_version_id'
  | 'data'
  | 'content'
  | 'mail'
  | 'host_data'
  | 'segments'
> {
  readonly sent_at: string | null;
}

/** An event as read: times are PostgreSQL text. */
export interface EventRow {
  readonly kind: MessageEventKind;
  readonly at: string;
  readonly occurred_at: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly source: Source;
}

export interface HistoryFilter extends Pick<MessageFilter, 'channel' | 'venueId' | 'campaignId' | 'since' | 'until'> {
  readonly status?: MessageStatus | undefined;
  readonly recipient?: string | undefined;
  readonly reference?: string | undefined;
  readonly orderId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly messageType?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Only messages with a lower id. */
  readonly before?: string | undefined;
}

export interface HistoryPage {
  /** Newest first; one more than asked for, if there is one. */
  readonly rows: readonly MessageRow[];
  /** The last message scanned, if the page is not full and there may be more; else null. */
  readonly lookedTo: string | null;
}

/** A row of the page with the scan's position; only the latter if nothing was found. */
type FoundRow = (MessageRow | { readonly id: null }) & { readonly looked_to: string | null };

@Injectable()
export class MessageHistory {
  constructor(private readonly database: Database) {}

  /** The message and its timeline as of one instant. Undefined also for another tenant's message. */
  async find(tenantId: string, id: string): Promise<MessageWithTimeline | undefined> {
    const [row] = await this.database.query<MessageWithTimeline>(
      // The bound prunes older months; the clock of the process that made the id may have been ahead of the database's.
      `select ${MESSAGE_COLUMNS}, coalesce((
         select json_agg(json_build_object('kind', kind, 'at', at::text, 'occurred_at', occurred_at::text,
           'reason', reason, 'code', code, 'source', source) order by seq)
         from message_event where message_id = message.id and at >= uuid_extract_timestamp(message.id) - interval '1 day'
           and kind not in ('measured', 'priced')
       ), '[]') as events
       from message where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    return row;
  }

  /** What the message says, or is made from. Undefined also for another tenant's message. */
  async content(tenantId: string, id: string): Promise<MessageContentRow | undefined> {
    const [row] = await this.database.query<MessageContentRow>(
      `select id, channel, recipient, sender_address, sender_name, template_version_id, data, content, mail, host_data, segments, sent_at
       from message where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    return row;
  }

  /** The same for a message that goes through one of these provider accounts, whoever's it is. */
  async contentThrough(id: string, accountIds: readonly string[]): Promise<MessageContentRow | undefined> {
    const [row] = await this.database.query<MessageContentRow>(
      `select message.id, message.channel, recipient, message.sender_address, sender_name, template_version_id, data, content, mail,
         host_data, segments, sent_at
       from message join lane on lane.id = message.lane_id
       where message.id = $1 and lane.provider_account_id = any($2)`,
      [id, accountIds],
    );
    return row;
  }

  /** Up to `limit` + 1 of a tenant's messages, newest first; fewer if the scan limit was reached. */
  async page(tenantId: string, filter: HistoryFilter, limit: number): Promise<HistoryPage> {
    const values = new SqlValues();
    const { channel, venueId, campaignId, since, until } = filter;
    // An index yields these in order; a message's id holds its acceptance time, so times bound ids.
    const span = values.all([
      ...messageConditions({ tenantId, since, until }),
      [(place) => `message.id < ${place}::uuid`, filter.before],
      [(place) => `recipient = ${place}`, filter.recipient],
      [(place) => `reference = ${place}`, filter.reference],
      [(place) => `order_id = ${place}`, filter.orderId],
      [(place) => `customer_id = ${place}`, filter.customerId],
      [(place) => `correlation_id = ${place}`, filter.correlationId],
      [acceptedFor, campaignId],
    ]);
    const asked = values.all([
      ...messageConditions({ channel, venueId, campaignId }),
      [(place) => `message.status = ${place}`, filter.status],
      [(place) => `message.message_type = ${place}`, filter.messageType],
    ]);
    const found = await this.database.query<FoundRow>(pageSql(span, asked, limit), values.list);
    const rows = found.filter((row): row is MessageRow & FoundRow => row.id !== null);
    return { rows, lookedTo: found[0]?.looked_to ?? null };
  }

  /**
   * Ids of up to `limit` messages with a status and without a successor, oldest first, and the scan's position: null at the
   * end.
   */
  async unfollowed(
    { since, until, tenantId, ...filter }: MessageFilter,
    status: MessageStatus,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly ids: string[]; readonly lookedTo: string | null }> {
    const values = new SqlValues(limit, status);
    const later: SqlCondition = [(place) => `message.id > ${place}::uuid`, after];
    const span = values.all([...messageConditions({ tenantId, since, until }), later]);
    const rest = values.all(messageConditions(filter));
    const [found] = await this.database.query<{ ids: string[] | null; looked: number; last: string | null }>(
      `with looked as materialized (
         select message.* from message where ${span} order by id limit ${LOOKS_AT}
       ), found as (
         select id from looked as message where status = $2 and followed_by is null ${rest && `and ${rest}`} order by id limit $1
       )
       select (select array_agg(id order by id) from found) as ids, (select count(*)::int from looked) as looked,
         (select id from looked order by id desc limit 1) as last`,
      values.list,
    );
    const ids = found?.ids ?? [];
    if (ids.length === limit) return { ids, lookedTo: ids.at(-1) ?? null };
    return { ids, lookedTo: found?.looked === LOOKS_AT ? found.last : null };
  }
}

/**
 * A campaign's messages were all accepted during its audience expansion: nothing outside that time is scanned. By the
 * database's clock.
 */
const acceptedFor = (campaign: string): string => `
  id >= (select uuidv7_floor(opened_at - interval '1 minute') from campaign_flow where campaign_id = ${campaign}::uuid)
  and id < (select uuidv7_floor(coalesce(complete_at, now()) + interval '1 minute') from campaign_flow
    where campaign_id = ${campaign}::uuid)`;

/** One row more than the page holds, if there is one; else the last message of the scanned span. */
const pageSql = (span: string, asked: string, limit: number): string => `
  with page as materialized (
    select * from (
      select ${MESSAGE_COLUMNS} from message where ${span} order by id desc ${asked && `limit ${LOOKS_AT}`}) as message
    ${asked && `where ${asked}`}
    order by id desc limit ${limit + 1}
  )
  select page.*, end_of_look.id as looked_to
  from (values (1)) as one
  left join page on true
  left join (
    select id from message
    where ${span} and ${asked ? `(select count(*) from page) <= ${limit}` : 'false'}
    order by id desc offset ${LOOKS_AT - 1} limit 1) as end_of_look on true
  order by page.id desc`;
