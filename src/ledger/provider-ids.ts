/** Finds messages by their provider's own id, where it does not return ours. */
import { Injectable } from '@nestjs/common';
import { Database, type TraceParent } from '../kernel/index.js';
import type { Channel } from '../tenants/index.js';
import { MESSAGES } from './message-row.js';

/** One message as its provider knows it. */
export interface KnownAs {
  readonly providerMessageId: string;
  /** Normalised. */
  readonly recipient: string;
  /** When the provider took it or, at the latest, when it reported it. */
  readonly at: Date;
  /** It went through one of these accounts. */
  readonly accountIds: readonly string[];
}

/** A message that was found; `place` is that of the question. */
export interface FoundMessage {
  /** From 1. */
  readonly place: number;
  readonly message_id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly recipient: string;
  readonly sender_address: string;
  readonly provider_account_id: string;
  /** When it was known to be sent: now, if not before. */
  readonly sent_at: string;
  readonly trace: TraceParent | null;
}

/** From a message's acceptance to its call: scheduled at most a year ahead, then retried for two days. */
const LONGEST_WAIT = '370 days';

@Injectable()
export class ProviderIds {
  constructor(private readonly database: Database) {}

  /**
   * The messages known by these ids. Each costs one look into the index of recipients for each month of a year, however many
   * messages there are: an index of provider ids would be written for every message, to be read for almost none.
   */
  find(asked: readonly KnownAs[]): Promise<FoundMessage[]> {
    return this.database.query<FoundMessage>(
      `select place::int, message.id as message_id, tenant_id, venue_id, channel, message.recipient, sender_address, provider_account_id, coalesce(sent_at, now()) as sent_at, trace
       from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[])
         with ordinality as known (provider_message_id, recipient, at, account_ids, place)
       cross join lateral (
         select * from ${MESSAGES} as message
         where message.recipient = known.recipient
           and message.id >= uuidv7_floor(known.at - interval '${LONGEST_WAIT}') and message.id < uuidv7_floor(known.at + interval '1 day')
           and message.provider_message_id = known.provider_message_id
           and message.provider_account_id = any (known.account_ids::uuid[])) as message`,
      [
        asked.map(({ providerMessageId }) => providerMessageId),
        asked.map(({ recipient }) => recipient),
        asked.map(({ at }) => at),
        asked.map(({ accountIds }) => `{${accountIds.join(',')}}`),
      ],
    );
  }
}
