/** Finds messages that ended without reaching the person and have a fallback. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { EventConsumer, FALLS_BACK, HOLDS_BACK, MESSAGES, quoted, type EventBatch } from '../../ledger/index.js';

/** Records them as due; `FallBack` sends the next step, and retries one that fails without delaying the others. */
@Injectable()
export class ChannelFallbackConsumer extends EventConsumer {
  readonly name = 'channel-fallback';

  constructor(private readonly database: Database) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      `with ended as materialized (
         select distinct message_id from ${events} as event
         where kind in (${quoted(FALLS_BACK)}) and coalesce(reason, '') not in (${quoted(HOLDS_BACK)})
       )
       insert into fallback_due (message_id)
       select message_id from ended join ${MESSAGES} as message on message.id = message_id where fallback is not null
       on conflict do nothing`,
    );
  }
}
