/** What people wrote that waits to be forwarded to the staff of its venue, as stored. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { FORWARDING_VENUES, type Channel, type ForwardTo } from '../../tenants/index.js';
import { isFetching, mediaOfReceived, type ReceivedMediaFacts } from '../received-media.js';

/** A venue to whose staff something is forwarded. */
export interface ForwardingVenue {
  readonly venueId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly to: ForwardTo;
}

/** What a person wrote. Times are PostgreSQL text. */
export interface ForwardedText {
  readonly person: string;
  readonly channel: Channel;
  readonly body: string;
  readonly receivedAt: string;
  readonly media: readonly ReceivedMediaFacts[];
}

/** Of a venue, the shortest time from one email to the next: what comes meanwhile is in that. */
const EVERY = '1 minute';
/** Messages of one email. */
const MOST = 50;
/** What has not been forwarded by then is not: it is in the conversation. */
const KEPT = '1 day';
/** How long it waits for the pictures that come with it. */
const MEDIA_WAIT = '15 seconds';

/** Part of the statement that takes a message in: it waits to be forwarded, if its venue forwards. Keywords ask for no answer. */
export const forwardedItem = (received: string, venue: string, keyword: string): string => `
  insert into forward_item (venue_id, received_id) select id, ${received} from ${FORWARDING_VENUES} as forwarding
  where id = ${venue} and coalesce(${keyword}::text, 'yes') = 'yes'`;

/** SQL: whether anything waits, whose turn it may be. */
export const ANY_FORWARD_WAITS = `exists (select from forward_item)`;

@Injectable()
export class ForwardStore {
  constructor(private readonly database: Database) {}

  /** Venues with something that waits, and whose turn it is. */
  async due(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `with recursive waiting as (
         (select venue_id from forward_item order by venue_id limit 1)
         union all
         select (select next.venue_id from forward_item as next where next.venue_id > waiting.venue_id order by next.venue_id limit 1)
         from waiting where waiting.venue_id is not null
       )
       select waiting.venue_id as id from waiting left join forward on forward.venue_id = waiting.venue_id
       where waiting.venue_id is not null and coalesce(forward.due_at <= clock_timestamp(), true)`,
    );
    return rows.map(({ id }) => id);
  }

  /** In a transaction: answers whether it is the venue's turn, which nobody else has until the next. */
  async takeTurn(venueId: string): Promise<boolean> {
    const turns = await this.database.query(
      `insert into forward (venue_id, due_at) values ($1, clock_timestamp() + interval '${EVERY}')
       on conflict (venue_id) do update set due_at = excluded.due_at where forward.due_at <= clock_timestamp() returning venue_id`,
      [venueId],
    );
    return turns.length > 0;
  }

  /** Undefined if it forwards nothing. */
  async venue(venueId: string): Promise<ForwardingVenue | undefined> {
    const [venue] = await this.database.query<ForwardingVenue>(
      `select id as "venueId", tenant_id as "tenantId", name, forward_to as "to" from ${FORWARDING_VENUES} as venue where id = $1`,
      [venueId],
    );
    return venue;
  }

  /** In the same transaction: what waits, oldest first, and waits no more. Pictures are waited for a little. */
  take(venueId: string): Promise<ForwardedText[]> {
    return this.database.query<ForwardedText>(
      `with taken as (
         delete from forward_item where venue_id = $1 and received_id in (
           select item.received_id from forward_item as item join received_text as said on said.received_id = item.received_id
           where venue_id = $1 and (received_at < clock_timestamp() - interval '${MEDIA_WAIT}' or not ${isFetching('item.received_id')})
           order by item.received_id limit ${MOST})
         returning received_id
       )
       select person, said.channel, body, received_at as "receivedAt", ${mediaOfReceived('said.received_id')} as media
       from taken join received_text as said on said.received_id = taken.received_id
       join venue_conversation as conversation on conversation.id = said.conversation_id
       where received_at > clock_timestamp() - interval '${KEPT}' order by said.received_id`,
      [venueId],
    );
  }

  /** All that waits at a venue that forwards no more is left. */
  async forget(venueId: string): Promise<void> {
    await this.database.query(`delete from forward_item where venue_id = $1`, [venueId]);
  }

  /** Until another time, after a failure. */
  async putOff(venueId: string, pauseMs: number): Promise<void> {
    await this.database.query(
      `insert into forward (venue_id, due_at) values ($1, clock_timestamp() + make_interval(secs => $2::float8 / 1000))
       on conflict (venue_id) do update set due_at = excluded.due_at`,
      [venueId, pauseMs],
    );
  }
}
