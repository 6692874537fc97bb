/** Finds runs whose message has moved, or about whose message a person has done something. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { ENGAGEMENTS, EventConsumer, MESSAGES, quoted, type EventBatch } from '../../ledger/index.js';

/** They are looked at at once; `AdvanceRuns` makes the move. */
@Injectable()
export class RunsConsumer extends EventConsumer {
  readonly name = 'automation-runs';

  constructor(private readonly database: Database) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      // What a person does may be about a message that the run's own has followed.
      `with recursive event as materialized (
         select message_id, bool_or(kind in (${quoted(ENGAGEMENTS)})) as is_engaged from ${events} as event group by message_id
       ), engaged as (
         select message_id from event where is_engaged
         union
         select follower.id from engaged cross join lateral (
           select followed_by as id from ${MESSAGES} as message where id = message_id and followed_by is not null limit 1) as follower
       ), hit as materialized (
         select id from automation_run
         where awaits_report and message_id in (select message_id from event union select message_id from engaged)
         order by id for no key update
       )
       update automation_run set due_at = least(due_at, clock_timestamp()) where id = any (array(select id from hit))`,
    );
  }
}
