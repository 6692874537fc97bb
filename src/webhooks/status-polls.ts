/** The register of messages whose status, or price, is to be polled from the provider. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { lacksPrice, MESSAGES } from '../ledger/index.js';
import type { ProviderName } from '../tenants/index.js';

/** An unanswered poll is repeated after this long, */
const AGAIN_AFTER_MIN = 5;
/** up to this many polls in total. */
const MOST_LOOKS = 3;

export interface StatusPoll {
  readonly messageId: string;
  readonly providerMessageId: string;
  readonly provider: ProviderName;
  readonly accountId: string;
}

@Injectable()
export class StatusPolls {
  constructor(private readonly database: Database) {}

  /**
   * Up to `limit` due polls, each rescheduled first, so that a crash only delays it. Polls that are no longer needed are
   * deleted.
   */
  async take(limit: number): Promise<StatusPoll[]> {
    await this.database.query(
      `delete from status_poll using ${MESSAGES} as message
       where message_id = message.id and due_at <= clock_timestamp() and (status <> 'sent' and not ${lacksPrice('message')} or looks >= $1)`,
      [MOST_LOOKS],
    );
    return this.database.query<StatusPoll>(
      `with due as (
         select message_id from status_poll where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked
       ), taken as (
         update status_poll set looks = looks + 1, due_at = clock_timestamp() + make_interval(mins => $2)
         from due where status_poll.message_id = due.message_id returning status_poll.message_id
       )
       select message.id as "messageId", provider_message_id as "providerMessageId", provider, provider_account_id as "accountId"
       from taken join ${MESSAGES} as message on message.id = message_id`,
      [limit, AGAIN_AFTER_MIN],
    );
  }

  /** Deletes the poll: the provider has answered. */
  async forget(messageId: string): Promise<void> {
    await this.database.query(`delete from status_poll where message_id = $1`, [messageId]);
  }
}
