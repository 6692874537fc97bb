/** Finds escalations of which a call or a text has moved. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { EventConsumer, type EventBatch } from '../ledger/index.js';

/** Records them as due; `AdvanceEscalations` makes the move. */
@Injectable()
export class EscalationsConsumer extends EventConsumer {
  readonly name = 'escalations';

  constructor(private readonly database: Database) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      `update escalation set due_at = least(due_at, clock_timestamp())
       where status in ('CALLING', 'EXHAUSTED') and id in (
         select escalation_id from escalation_attempt where message_id in (select message_id from ${events} as event))`,
    );
  }
}
