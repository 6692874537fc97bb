/** The register of messages whose provider is to be asked what became of them. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { MESSAGES } from '../ledger/index.js';
import type { ProviderName } from '../tenants/index.js';

/** A question that got no answer is asked again after so long, */
const AGAIN_AFTER_MIN = 5;
/** and this often in all. */
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
   * Up to `limit` that are due, each put off to its next look: whoever dies over one leaves it to that. Those that nobody has to ask
   * about any more are forgotten.
   */
  async take(limit: number): Promise<StatusPoll[]> {
    await this.database.query(
      `delete from status_poll using ${MESSAGES} as message
       where message_id = message.id and due_at <= clock_timestamp() and (status <> 'sent' or looks >= $1)`,
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

  /** The provider has answered. */
  async forget(messageId: string): Promise<void> {
    await this.database.query(`delete from status_poll where message_id = $1`, [messageId]);
  }
}
