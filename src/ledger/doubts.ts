/** The register of messages in doubt: each is in it from the statement that makes it `unknown` to the one that settles it. */
import { Injectable } from '@nestjs/common';
import { Database, SqlValues } from '../kernel/index.js';
import { TENANTS, type ProviderName } from '../tenants/index.js';
import type { ClaimedMessage } from './claimed-message.js';
import type { MessageStatus } from './message.status.js';
import { messageConditions, type MessageFilter } from './message-filter.js';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';
import { countStuck, type StuckMessages } from './pending-queue.js';

export interface Doubt {
  readonly message: ClaimedMessage;
  /** By the database's clock; the time in the message's id is from the process that accepted it, whose clock may be wrong. */
  readonly acceptedAt: Date;
  readonly since: Date;
  readonly laneId: string;
  readonly provider: ProviderName;
  readonly providerAccountId: string;
}

/** A message in doubt and its lane. */
export interface DoubtedMessage {
  readonly id: string;
  readonly laneId: string;
  /** Another message was sent in its place. */
  readonly isFollowed: boolean;
}

export interface DoubtCount {
  readonly messages: number;
  /** Since the oldest was made doubtful; 0 if there is none. */
  readonly oldestSeconds: number;
}

/** A message in doubt, as listed. */
export interface DoubtRow extends MessageRow {
  readonly lane_id: string;
  /** Since when, as PostgreSQL text. */
  readonly since: string;
  /** How often the provider was asked. */
  readonly looks: number;
  /** When it is asked next; null: no more. */
  readonly look_at: string | null;
}

type Row = ClaimedMessage & {
  readonly since: string;
  readonly accepted_at: string;
  readonly lane_id: string;
  readonly provider: ProviderName;
  readonly provider_account_id: string;
};

/** Minutes between checks; after the last only an operator or the provider's own report settles it. */
const PAUSES_MIN = [5, 15, 60, 240, 720, 1_440];

/** A report of a message that was taken comes within seconds. */
const RETRIED_AFTER = '30 seconds';

/** By then the last check is done, and no report is to be expected. */
const GIVEN_UP_AFTER = '3 days';

/** Doubts are counted up to this number: an exact count beyond it has no use. */
const COUNTED = 10_000;

@Injectable()
export class Doubts {
  constructor(private readonly database: Database) {}

  /** Up to `limit` that are due, each rescheduled to its next check first: if the process dies, that one still happens. */
  async due(limit: number): Promise<Doubt[]> {
    const rows = await this.database.query<Row>(
      `with due as (
         select message_id from doubt where look_at <= clock_timestamp() order by look_at limit $1 for update skip locked
       ), looked as (
         update doubt set looks = looks + 1,
           look_at = coalesce(clock_timestamp() + make_interval(mins => ($2::int[])[looks + 1]), 'infinity')
         from due where doubt.message_id = due.message_id returning doubt.message_id, since
       )
       select message.*, looked.since,
         (select min(at) from message_event where message_event.message_id = looked.message_id) as accepted_at, lane.provider_account_id
       from looked join message on message.id = looked.message_id and status = 'unknown' join lane on lane.id = message.lane_id`,
      [limit, PAUSES_MIN],
    );
    return rows.map((row) => ({
      message: row,
      acceptedAt: new Date(row.accepted_at),
      since: new Date(row.since),
      laneId: row.lane_id,
      provider: row.provider,
      providerAccountId: row.provider_account_id,
    }));
  }

  /** Of these provider ids, those that belong to our messages. */
  async owned(
    { laneId, message, acceptedAt }: Doubt,
    providerMessageIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(
      `select provider_message_id as id from message
       where recipient = $1 and lane_id = $2 and provider_message_id = any($3)
         and id >= uuidv7_floor($4::timestamptz - interval '1 day')`,
      [message.recipient, laneId, providerMessageIds, acceptedAt],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Stops checking it: its provider cannot be asked. */
  async stopChecking(messageId: string): Promise<void> {
    await this.database.query(`update doubt set look_at = 'infinity' where message_id = $1`, [messageId]);
  }

  /** Up to `limit` that have not been settled within three days, of tenants who give such messages up. */
  async abandoned(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select message_id as id from doubt join message on message.id = message_id
       join ${TENANTS} as tenant on tenant.id = doubt.tenant_id
       where look_at = 'infinity' and since < now() - $2::interval and message.category = any(give_up_doubts)
       order by since limit $1`,
      [limit, GIVEN_UP_AFTER],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Up to `limit` of which nothing has become known for half a minute, of tenants who have such messages sent once more. Not those after
   * which nothing is to follow, and none that was sent in place of another.
   */
  async retryable(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select message_id as id from doubt join message on message.id = message_id
       join ${TENANTS} as tenant on tenant.id = doubt.tenant_id
       where since < clock_timestamp() - $2::interval and message.category = any(retry_uncertain) and status = 'unknown'
         and followed_by is null and not is_test and coalesce(jsonb_array_length(fallback), 1) > 0
         and not exists (select from message_event as event where event.message_id = message.id and event.kind = 'repeated')
       order by since limit $1`,
      [limit, RETRIED_AFTER],
    );
    return rows.map(({ id }) => id);
  }

  /** The status of the message that was sent in its place; undefined if none was. */
  async statusOfFollower(messageId: string): Promise<MessageStatus | undefined> {
    const [follower] = await this.database.query<{ status: MessageStatus }>(
      `select follower.status from message join message as follower on follower.id = message.followed_by where message.id = $1`,
      [messageId],
    );
    return follower?.status;
  }

  /** Up to `limit` that match, oldest first. */
  async find(filter: MessageFilter, limit: number): Promise<string[]> {
    const values = new SqlValues();
    const asked = values.all(messageConditions(filter));
    const found = await this.database.query<{ id: string }>(
      `select message.id from doubt join message on message.id = message_id
       where status = 'unknown' ${asked && `and ${asked}`} order by message_id limit ${limit}`,
      values.list,
    );
    return found.map(({ id }) => id);
  }

  /** Locks those of these messages that are still in doubt, in id order: concurrent reports then find them settled. */
  async lock(ids: readonly string[]): Promise<DoubtedMessage[]> {
    return this.database.query<DoubtedMessage>(
      `select id, lane_id as "laneId", followed_by is not null as "isFollowed" from message where id = any($1) and status = 'unknown' order by id for no key update`,
      [ids],
    );
  }

  /** Up to `limit` with ids after `after`, oldest first. */
  page(tenantId: string | undefined, after: string | undefined, limit: number): Promise<DoubtRow[]> {
    const values = new SqlValues();
    const asked = values.all([
      [(place) => `doubt.tenant_id = ${place}`, tenantId],
      [(place) => `doubt.message_id > ${place}::uuid`, after],
    ]);
    return this.database.query<DoubtRow>(
      `select ${MESSAGE_COLUMNS}, lane_id, since, looks, nullif(look_at, 'infinity') as look_at
       from doubt join message on message.id = message_id
       where status = 'unknown' ${asked && `and ${asked}`} order by message_id limit ${limit}`,
      values.list,
    );
  }

  /** How many are in doubt, of all tenants, counted to 10,000, and for how long the oldest of them has been. Reads no message. */
  async count(): Promise<DoubtCount> {
    const [count] = await this.database.query<DoubtCount>(
      `select count(*)::int as messages, coalesce(extract(epoch from now() - min(since)), 0)::float8 as "oldestSeconds"
       from (select since from doubt order by message_id limit ${COUNTED}) as doubted`,
    );
    return count ?? { messages: 0, oldestSeconds: 0 };
  }

  /** How many are in doubt, by reason, channel and provider. */
  stuck(tenantId: string | undefined): Promise<StuckMessages[]> {
    const values = new SqlValues();
    const ofTenant = values.all([[(place) => `doubt.tenant_id = ${place}`, tenantId]]);
    return this.database.query<StuckMessages>(
      countStuck(
        `select reason, channel, provider, message.id
         from doubt join message on message.id = message_id where status = 'unknown' ${ofTenant && `and ${ofTenant}`}`,
      ),
      values.list,
    );
  }
}
