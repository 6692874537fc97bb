/** Keeps what people write to venues, by person. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Channel } from '../tenants/index.js';
import {
  conversationChannel,
  type ConversationChannel,
  type ConversationRow,
  type ReceivedRow,
} from './conversation-row.js';
import { ConversationNotFound } from './conversations.errors.js';

/** A message that a person wrote to a venue. */
export interface HeardMessage {
  /** Of the received message in the ledger. */
  readonly id: string;
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  readonly person: string;
  readonly number: string;
  readonly body: string;
  /** A word to the service, such as STOP: nobody need read it. */
  readonly keyword?: string | undefined;
}

export interface ConversationFilter {
  readonly venueId?: string | undefined;
  readonly channel?: ConversationChannel | undefined;
  readonly person?: string | undefined;
  /** Only those with something unread. */
  readonly isUnread: boolean;
  /** Only those after this one, in the order of the list. */
  readonly after?: { readonly lastReceivedAt: string; readonly id: string } | undefined;
}

const COLUMNS = 'id, venue_id, channel, person, number, received::float8 as received, unread, last_received_at';

@Injectable()
export class Conversations {
  constructor(private readonly database: Database) {}

  /** Must run in the transaction that takes the message in, which happens once. */
  async hear({ id, tenantId, venueId, channel, person, number, body, keyword }: HeardMessage): Promise<void> {
    await this.database.query(
      `with heard as (
         insert into venue_conversation as known (tenant_id, venue_id, channel, person, number, received, unread)
         values ($1, $2, $3, $4, $5, 1, $6)
         on conflict (tenant_id, venue_id, channel, person) do update set number = excluded.number, received = known.received + 1,
           unread = known.unread + excluded.unread, last_received_at = excluded.last_received_at
         returning id
       )
       insert into received_text (received_id, conversation_id, channel, body, keyword) select $7, id, $8, $9, $10 from heard`,
      [
        tenantId,
        venueId,
        conversationChannel(channel),
        person,
        number,
        keyword === undefined || keyword === 'yes' ? 1 : 0,
        id,
        channel,
        body,
        keyword ?? null,
      ],
    );
  }

  /** Raises ConversationNotFound, also for another tenant's. */
  async find(tenantId: string, id: string): Promise<ConversationRow> {
    const [row] = await this.database.query<ConversationRow>(
      `select ${COLUMNS} from venue_conversation where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    if (!row) throw new ConversationNotFound();
    return row;
  }

  /** Those who wrote last first, one more than the limit. */
  page(tenantId: string, filter: ConversationFilter, limit: number): Promise<ConversationRow[]> {
    const { venueId, channel, person, isUnread, after } = filter;
    return this.database.query<ConversationRow>(
      `select ${COLUMNS} from venue_conversation
       where tenant_id = $1 and ($2::uuid is null or venue_id = $2) and ($3::text is null or channel = $3)
         and ($4::text is null or person = $4) and (unread > 0 or not $5)
         and ($6::timestamptz is null or (last_received_at, id) < ($6, $7::uuid))
       order by last_received_at desc, id desc limit $8`,
      [
        tenantId,
        venueId ?? null,
        channel ?? null,
        person ?? null,
        isUnread,
        after?.lastReceivedAt ?? null,
        after?.id ?? null,
        limit + 1,
      ],
    );
  }

  /** What the person wrote, newest first, one more than the limit; `before`: an id of a message. */
  received(conversationId: string, before: string | undefined, limit: number): Promise<ReceivedRow[]> {
    return this.database.query<ReceivedRow>(
      `select received_id as id, channel, body, keyword, received_at as at from received_text
       where conversation_id = $1 and ($2::uuid is null or received_id < $2) order by received_id desc limit $3`,
      [conversationId, before ?? null, limit + 1],
    );
  }

  /** Up to what was read: what came later stays unread. Raises ConversationNotFound. */
  async markRead(tenantId: string, id: string, upTo: string | undefined): Promise<ConversationRow> {
    const [row] = await this.database.query<ConversationRow>(
      `update venue_conversation as known set unread = (
         select count(*) from received_text
         where conversation_id = known.id and received_id > $3 and coalesce(keyword, 'yes') = 'yes')
       where id = $1 and tenant_id = $2 returning ${COLUMNS}`,
      [id, tenantId, upTo ?? LAST_ID],
    );
    if (!row) throw new ConversationNotFound();
    return row;
  }
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
