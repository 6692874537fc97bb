/** Finds messages that a provider took and did not deliver, for a cause that passes. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { EventConsumer, MESSAGES, type EventBatch } from '../../ledger/index.js';
import { PASSING, POLICY } from './late-retry.policy.js';

/** Records when each is to be sent again; `RetryLate` does so. A message with a fallback goes on there, and calls have their own retries. */
@Injectable()
export class LateRetriesConsumer extends EventConsumer {
  readonly name = 'late-retries';
  override readonly gatherMs = 5_000;

  constructor(private readonly database: Database) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      `with failed as materialized (
         select event.message_id, event.category, event.channel from ${events} as event
         join ${PASSING} on passing.provider = event.provider and event.code ~ pattern
         where kind in ('failed', 'undelivered') and reason = 'provider_report' and event.channel <> 'voice'
       )
       insert into late_retry (message_id, attempt, due_at)
       select message_id, policy.attempt, clock_timestamp() + make_interval(mins => minutes)
       from failed join ${MESSAGES} as message on message.id = message_id left join late_retry as before using (message_id)
       join ${POLICY} on policy.category = failed.category and policy.attempt = coalesce(before.attempt, 0) + 1
       where fallback is null
       on conflict (message_id) do update set attempt = excluded.attempt, due_at = excluded.due_at`,
    );
  }
}
