/** Automatic replies of venues, and the messages that wait for one, as stored. */
import { Injectable } from '@nestjs/common';
import { Database, violatedUnique } from '../../kernel/index.js';
import type { ConversationChannel } from '../conversation-row.js';
import { AutoReplyExists } from './auto-replies.errors.js';
import type { OpeningHours } from './opening-hours.rules.js';

export interface ReplyTemplate {
  readonly key: string;
  readonly data?: Record<string, unknown>;
  readonly language?: string;
}

/** Times are PostgreSQL text. */
export interface AutoReplyRow {
  readonly id: string;
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: ConversationChannel;
  /** Null where it has a template. */
  readonly text: string | null;
  readonly template: ReplyTemplate | null;
  /** Null: it is sent at any time. */
  readonly openingHours: readonly OpeningHours[] | null;
  /** Null: the tenant's. */
  readonly timezone: string | null;
  readonly everyHours: number;
  readonly enabled: boolean;
  readonly createdAt: string;
}

/** A message that a person wrote, and the reply that it is due. */
export interface DueReply extends AutoReplyRow {
  readonly receivedId: string;
  readonly conversationId: string;
  readonly person: string;
  /** Ours, which they wrote to last. */
  readonly number: string;
  readonly receivedAt: string;
}

const COLUMNS = `reply.id, reply.tenant_id as "tenantId", reply.venue_id as "venueId", reply.channel, reply.body as text, reply.template,
  reply.opening_hours as "openingHours", reply.timezone, reply.every_hours as "everyHours", reply.enabled, reply.created_at as "createdAt"`;

/** Part of the statement that takes a message in: it is due a reply, if its venue has one. `words` names the message's keyword. */
export const dueReply = (received: string, venue: string, channel: string, keyword: string): string => `
  insert into auto_reply_due (received_id, conversation_id, auto_reply_id)
  select ${received}, heard.id, reply.id from heard
  join auto_reply as reply on reply.venue_id = ${venue} and reply.channel = ${channel} and reply.enabled and ${keyword}::text is null`;

/** SQL: whether a message is due a reply. */
export const ANY_AUTO_REPLY_DUE = `exists (select from auto_reply_due where due_at <= clock_timestamp())`;

@Injectable()
export class AutoReplyStore {
  constructor(private readonly database: Database) {}

  /** Raises AutoReplyExists. */
  async insert(row: Omit<AutoReplyRow, 'id' | 'createdAt'>): Promise<string> {
    try {
      const [added] = await this.database.query<{ id: string }>(
        `insert into auto_reply (tenant_id, venue_id, channel, body, template, opening_hours, timezone, every_hours, enabled)
         values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9) returning id`,
        [row.tenantId, row.venueId, row.channel, ...termsOf(row)],
      );
      if (!added) throw new Error('an insert answers its row');
      return added.id;
    } catch (error) {
      throw violatedUnique(error) === 'auto_reply_unique' ? new AutoReplyExists(row.channel) : error;
    }
  }

  async update(row: AutoReplyRow): Promise<void> {
    await this.database.query(
      `update auto_reply set body = $2, template = $3::jsonb, opening_hours = $4::jsonb, timezone = $5, every_hours = $6, enabled = $7
       where id = $1`,
      [row.id, ...termsOf(row)],
    );
  }

  async find(tenantId: string, id: string): Promise<AutoReplyRow | undefined> {
    const [row] = await this.database.query<AutoReplyRow>(
      `select ${COLUMNS} from auto_reply as reply where tenant_id = $1 and id = $2`,
      [tenantId, id],
    );
    return row;
  }

  /** Oldest first, one more than the limit. */
  page(
    tenantId: string,
    venueId: string | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<AutoReplyRow[]> {
    return this.database.query<AutoReplyRow>(
      `select ${COLUMNS} from auto_reply as reply
       where tenant_id = $1 and ($2::uuid is null or venue_id = $2) and ($3::uuid is null or id > $3) order by id limit $4`,
      [tenantId, venueId ?? null, after ?? null, limit + 1],
    );
  }

  /** Answers whether there was one. What waits for it gets none. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(`delete from auto_reply where tenant_id = $1 and id = $2 returning id`, [
      tenantId,
      id,
    ]);
    return rows.length > 0;
  }

  /** Messages that are due a reply now, by their ids: those that wait for longest first. */
  async due(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select received_id as id from auto_reply_due where due_at <= clock_timestamp() order by due_at limit $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** In a transaction: it is due no more, if that is committed. Undefined for one that was taken, or that is due no reply any more. */
  async take(receivedId: string): Promise<DueReply | undefined> {
    const [row] = await this.database.query<DueReply>(
      `with taken as (delete from auto_reply_due where received_id = $1 returning received_id, conversation_id, auto_reply_id)
       select ${COLUMNS}, taken.received_id as "receivedId", conversation.id as "conversationId", person, number,
         said.received_at as "receivedAt"
       from taken
       join auto_reply as reply on reply.id = taken.auto_reply_id and reply.enabled
       join venue_conversation as conversation on conversation.id = taken.conversation_id
       join received_text as said on said.received_id = taken.received_id`,
      [receivedId],
    );
    return row;
  }

  /** In the same transaction: answers whether the person has had none for so long, and has one now. */
  async takeTurn({ conversationId, everyHours }: DueReply): Promise<boolean> {
    const rows = await this.database.query(
      `update venue_conversation set auto_replied_at = clock_timestamp()
       where id = $1 and coalesce(auto_replied_at < clock_timestamp() - make_interval(hours => $2), true) returning id`,
      [conversationId, everyHours],
    );
    return rows.length > 0;
  }

  /** Until another time, after a failure; answers how often it has failed. */
  async putOff(receivedId: string, pauseMs: (attempts: number) => number): Promise<void> {
    const [row] = await this.database.query<{ attempts: number }>(
      `update auto_reply_due set attempts = attempts + 1 where received_id = $1 returning attempts`,
      [receivedId],
    );
    if (!row) return;
    await this.database.query(
      `update auto_reply_due set due_at = clock_timestamp() + make_interval(secs => $2::float8 / 1000) where received_id = $1`,
      [receivedId, pauseMs(row.attempts)],
    );
  }
}

type Terms = Pick<AutoReplyRow, 'text' | 'template' | 'openingHours' | 'timezone' | 'everyHours' | 'enabled'>;

const termsOf = ({ text, template, openingHours, timezone, everyHours, enabled }: Terms): unknown[] => [
  text,
  template && JSON.stringify(template),
  openingHours && JSON.stringify(openingHours),
  timezone,
  everyHours,
  enabled,
];
