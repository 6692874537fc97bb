/** The register of messages in doubt: each is in it from the statement that doubts it to the one that settles it. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { ProviderName } from '../../tenants/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';

export interface Doubt {
  readonly message: ClaimedMessage;
  /** By the database's clock; the message's id holds the time of the process that accepted it, which may be wrong. */
  readonly acceptedAt: Date;
  readonly since: Date;
  readonly laneId: string;
  readonly provider: ProviderName;
  readonly providerAccountId: string;
}

type Row = ClaimedMessage & {
  readonly since: string;
  readonly accepted_at: string;
  readonly lane_id: string;
  readonly provider: ProviderName;
  readonly provider_account_id: string;
};

/** Minutes from one look to the next; after the last only a person, or the provider's own word, settles it. */
const PAUSES_MIN = [5, 15, 60, 240, 720, 1_440];

/** By then the last look was made, and a provider's own word comes no more. */
const GIVEN_UP_AFTER = '3 days';

@Injectable()
export class Doubts {
  constructor(private readonly database: Database) {}

  /** Up to `limit` that are due, each put off to its next look: whoever dies over one leaves it to that. */
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
      ...{ message: row, acceptedAt: new Date(row.accepted_at), since: new Date(row.since), laneId: row.lane_id },
      ...{ provider: row.provider, providerAccountId: row.provider_account_id },
    }));
  }

  /** Of these ids of a provider, those that belong to messages of ours. */
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

  /** It is looked into no more: there is nobody to ask. */
  async rest(messageId: string): Promise<void> {
    await this.database.query(`update doubt set look_at = 'infinity' where message_id = $1`, [messageId]);
  }

  /** Up to `limit` that nobody has settled within three days, of tenants who then give them up. */
  async abandoned(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select message_id as id from doubt join message on message.id = message_id join tenant on tenant.id = doubt.tenant_id
       where look_at = 'infinity' and since < now() - $2::interval and message.category = any(give_up_doubts)
       order by since limit $1`,
      [limit, GIVEN_UP_AFTER],
    );
    return rows.map(({ id }) => id);
  }
}
