/** What people's messages to our numbers belong to. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Channel } from '../tenants/index.js';
import { appendEvents } from './message.events.js';

/** Somebody wrote to one of our numbers. */
export interface Reply {
  /** Of any of these: a person answers a picture with a text. */
  readonly channels: readonly Channel[];
  /** Theirs, normalised. */
  readonly from: string;
  /** Ours: the number, or the pool that sends from it. */
  readonly to: string;
  /** The provider accounts that may have signed it: it answers their messages only. */
  readonly accountIds: readonly string[];
  readonly occurredAt?: Date | undefined;
}

/** A message may be answered for so long after it was sent. */
const ANSWERED_WITHIN = '7 days';
/** From a message's acceptance to its answer: scheduled at most a year ahead. The bound prunes older months. */
const LONGEST_WAIT = '380 days';

/** Who wrote to a person last from a number. */
export interface LastWriter {
  readonly tenantId: string;
  readonly venueId: string;
  readonly accountId: string;
}

/** The last message to a person from a number. */
const lastMessage = (columns: string): string => `
    select ${columns}
    from message join lane on lane.id = message.lane_id
    where recipient = $1 and message.sender_address = $2 and message.channel = any($3::text[])
      and provider_account_id = any($4::uuid[])
      and message.id >= uuidv7_floor(now() - interval '${LONGEST_WAIT}') and sent_at > now() - interval '${ANSWERED_WITHIN}'
    order by sent_at desc, message.id desc limit 1`;

/** Without the previous status, as in EngagementLog. Who says STOP twice has left once. */
const REPLIED = appendEvents({
  from: `(${lastMessage('message.id, tenant_id, message.channel, category, message.provider, segments')}) as last
    where $6 <> 'unsubscribed' or not exists (
      select from message_event as earlier where earlier.message_id = last.id and earlier.kind = 'unsubscribed'
        and earlier.at >= uuid_extract_timestamp(last.id) - interval '1 day')`,
  kind: { sql: '$6' },
  source: `'webhook'`,
  occurredAt: '$5::timestamptz',
});

@Injectable()
export class Replies {
  constructor(private readonly database: Database) {}

  /** The venue whose text or picture a person was last sent from this number; undefined for none. */
  async lastVenue(recipient: string, number: string): Promise<string | undefined> {
    const [last] = await this.database.query<{ venue_id: string }>(
      `select venue_id from message
       where recipient = $1 and sender_address = $2 and channel in ('sms', 'mms') and sent_at is not null order by id desc limit 1`,
      [recipient, number],
    );
    return last?.venue_id;
  }

  /** Who wrote to the person from there, and last, if that is at most seven days ago. */
  async lastWriter({ channels, from, to, accountIds }: Omit<Reply, 'occurredAt'>): Promise<LastWriter | undefined> {
    const [last] = await this.database.query<LastWriter>(
      lastMessage('tenant_id as "tenantId", venue_id as "venueId", provider_account_id as "accountId"'),
      [from, to, channels, accountIds],
    );
    return last;
  }

  /** It is about the message that the person was last sent from there, if that is at most seven days ago; else about none. */
  async record(
    { channels, from, to, accountIds, occurredAt }: Reply,
    kind: 'answered' | 'unsubscribed',
  ): Promise<void> {
    await this.database.query(REPLIED, [from, to, channels, accountIds, occurredAt ?? null, kind]);
  }
}
