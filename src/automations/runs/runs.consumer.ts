/** Finds runs whose message has moved. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { EventConsumer, type EventBatch } from '../../ledger/index.js';

/** They are looked at at once; `AdvanceRuns` makes the move. */
@Injectable()
export class RunsConsumer extends EventConsumer {
  readonly name = 'automation-runs';

  constructor(private readonly database: Database) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      `with hit as materialized (
         select id from automation_run
         where awaits_report and message_id in (select message_id from ${events} as event)
         order by id for no key update
       )
       update automation_run set due_at = least(due_at, clock_timestamp()) where id = any (array(select id from hit))`,
    );
  }
}
