/** Keeps what people write to venues, by person. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { InboundMedia } from '../providers/index.js';
import type { Channel } from '../tenants/index.js';
import {
  conversationChannel,
  type ConversationChannel,
  type ConversationRow,
  type ReceivedRow,
} from './conversation-row.js';
import { ConversationNotFound, ReceivedMessageNotFound } from './conversations.errors.js';
import { dueReply } from './auto-replies/auto-reply-store.js';
import { forwardedItem } from './forwards/forward-store.js';
import { mediaOfReceived } from './received-media.js';

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
  readonly media?: readonly InboundMedia[] | undefined;
  /** The provider's account that it came by, which its media are fetched with. */
  readonly accountId: string;
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

const RECEIVED = `received_id as id, channel, body, keyword, received_at as at, ${mediaOfReceived('received_text.received_id')} as media`;

@Injectable()
export class Conversations {
  constructor(private readonly database: Database) {}

  /** Must run in the transaction that takes the message in, which happens once. */
  async hear(message: HeardMessage): Promise<void> {
    const { id, tenantId, venueId, channel, person, number, body, media = [], accountId, keyword } = message;
    await this.database.query(
      `with heard as (
         insert into venue_conversation as known (tenant_id, venue_id, channel, person, number, received, unread)
         values ($1, $2, $3, $4, $5, 1, $6)
         on conflict (tenant_id, venue_id, channel, person) do update set number = excluded.number, received = known.received + 1,
           unread = known.unread + excluded.unread, last_received_at = excluded.last_received_at
         returning id
       ), brought as (
         insert into received_media (received_id, place, tenant_id, provider_account_id, url, told_type)
         select $7, place, $1, $11, url, told_type from jsonb_to_recordset($12::jsonb) as one (place smallint, url text, told_type text)
       ), due as (${dueReply('$7', '$2', '$3', '$10')}), forwarded as (${forwardedItem('$7', '$2', '$10')})
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
        accountId,
        JSON.stringify(media.map(({ url, mediaType }, place) => ({ place, url, told_type: mediaType }))),
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
      `select ${RECEIVED} from received_text
       where conversation_id = $1 and ($2::uuid is null or received_id < $2) order by received_id desc limit $3`,
      [conversationId, before ?? null, limit + 1],
    );
  }

  /** One that the person wrote. Raises ReceivedMessageNotFound. */
  async receivedOne(conversationId: string, id: string): Promise<ReceivedRow> {
    const [row] = await this.database.query<ReceivedRow>(
      `select ${RECEIVED} from received_text where conversation_id = $1 and received_id = $2`,
      [conversationId, id],
    );
    if (!row) throw new ReceivedMessageNotFound();
    return row;
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
