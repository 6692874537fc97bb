/** Finds messages that ended without reaching the person and have a fallback; an MMS whose picture is at fault has one. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { descriptorOf, PROVIDERS } from '../../providers/index.js';
import { EventConsumer, FALLS_BACK, HOLDS_BACK, MESSAGES, quoted, type EventBatch } from '../../ledger/index.js';

/** Provider and code, as SQL; at least one provider has such codes. */
const PICTURE_FAULTS = PROVIDERS.flatMap((provider) =>
  (descriptorOf(provider).pictureFaults ?? []).map((code) => `('${provider}', '${code}')`),
).join(', ');

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
         select message_id, bool_or((provider, code) in (${PICTURE_FAULTS})) as is_picture from ${events} as event
         where kind in (${quoted(FALLS_BACK)}) and coalesce(reason, '') not in (${quoted(HOLDS_BACK)})
         group by message_id
       )
       insert into fallback_due (message_id)
       select message_id from ended join ${MESSAGES} as message on message.id = message_id
       where jsonb_array_length(fallback) > 0 or (fallback is null and message.channel = 'mms' and is_picture)
       on conflict do nothing`,
    );
  }
}
