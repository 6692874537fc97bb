/** Messages in doubt that are still looked into. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { ProviderName } from '../tenants/index.js';
import type { ClaimedMessage } from './claim.js';
import type { MessageStatus } from './message.status.js';

export interface Doubt {
  readonly message: ClaimedMessage;
  readonly status: MessageStatus;
  readonly since: Date;
  readonly laneId: string;
  readonly provider: ProviderName;
  readonly providerAccountId: string;
}

type Row = ClaimedMessage & {
  readonly status: MessageStatus;
  readonly since: string;
  readonly lane_id: string;
  readonly provider: ProviderName;
  readonly provider_account_id: string;
};

/** Minutes from one look to the next; after the last a person has to decide. */
const PAUSES_MIN = [5, 15, 60, 240, 720, 1_440];

@Injectable()
export class Doubts {
  constructor(private readonly database: Database) {}

  /** Up to `limit` that are due, each put off to its next look: whoever dies over one leaves it to that. */
  async due(limit: number): Promise<Doubt[]> {
    const rows = await this.database.query<Row>(
      `with due as (
         select message_id from doubt where look_at <= clock_timestamp() order by look_at limit $1 for update skip locked
       ), looked as (
         update doubt set looks = looks + 1, look_at = clock_timestamp()
           + make_interval(mins => ($2::int[])[least(looks + 1, cardinality($2::int[]))])
         from due where doubt.message_id = due.message_id returning doubt.message_id, since
       )
       select message.*, uuid_extract_timestamp(message.id) as created_at, looked.since, lane.provider_account_id
       from looked join message on message.id = looked.message_id join lane on lane.id = message.lane_id`,
      [limit, PAUSES_MIN],
    );
    return rows.map((row) => ({
      ...{ message: row, status: row.status, since: new Date(row.since), laneId: row.lane_id },
      ...{ provider: row.provider, providerAccountId: row.provider_account_id },
    }));
  }

  /** Of these ids of a provider, those that belong to messages of ours. */
  async owned({ laneId, message }: Doubt, providerMessageIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(
      `select provider_message_id as id from message
       where recipient = $1 and lane_id = $2 and provider_message_id = any($3)
         and id >= uuidv7_floor($4::timestamptz - interval '1 day')`,
      [message.recipient, laneId, providerMessageIds, message.created_at],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** It is looked into no more. */
  async drop(messageId: string): Promise<void> {
    await this.database.query(`delete from doubt where message_id = $1`, [messageId]);
  }

  /** Forgets those that have been looked into often enough: they stay `unknown` until a person decides. */
  async giveUp(): Promise<void> {
    await this.database.query(`delete from doubt where looks > $1`, [PAUSES_MIN.length]);
  }
}
