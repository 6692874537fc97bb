/** Finds runs whose message has moved, or about whose message a person has done something; and ends those that only waited for it to leave. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import {
  ENGAGEMENTS,
  EventConsumer,
  MESSAGES,
  quoted,
  type EventBatch,
  type MessageEventKind,
} from '../../ledger/index.js';

/** After these it waits in its lane, as before. */
const IN_LANE: readonly MessageEventKind[] = [
  'scheduled',
  'queued',
  'deferred',
  'diverted',
  'readdressed',
  'became_text',
];

/** Of a run whose end is held: it has sent nothing else. */
const IS_ALONE = `jsonb_array_length(jsonb_path_query_array(log, '$[*] ? (@.what == "sent")')) = 1`;

/** Found by hashing: a join would compare each of many runs with each, as the planner expects few. */
const IS_OVER = 'run.id in (select id from hit where is_over)';

/** They are looked at at once; `AdvanceRuns` makes the move. */
@Injectable()
export class RunsConsumer extends EventConsumer {
  readonly name = 'automation-runs';

  constructor(private readonly database: Database) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      // What a person does may be about a message that the run's own has followed. Mostly nobody waits: then events are not read.
      `with recursive event as materialized (
         select message_id, bool_or(kind in (${quoted(ENGAGEMENTS)})) as is_engaged, bool_or(kind = 'sent') as is_sent,
           bool_or(kind not in (${quoted(IN_LANE)})) as has_moved
         from ${events} as event where exists (select from automation_run where awaits_report) group by message_id
       ), engaged as (
         select message_id from event where is_engaged
         union
         select follower.id from engaged cross join lateral (
           select followed_by as id from ${MESSAGES} as message where id = message_id and followed_by is not null limit 1) as follower
       ), news as materialized (
         select message_id, bool_or(is_sent) as is_sent, bool_or(has_moved) as has_moved
         from (select message_id, is_sent, has_moved from event union all select message_id, false, true from engaged) as each
         group by message_id
       ), hit as materialized (
         select run.id, ends_as is not null and is_sent and ${IS_ALONE} as is_over
         from automation_run as run join news using (message_id)
         where awaits_report and (ends_as is null or has_moved) order by run.id for no key update of run
       )
       update automation_run as run set
         status = case when ${IS_OVER} then ends_as else 'waiting' end,
         ends_as = case when not ${IS_OVER} then ends_as end,
         awaits_report = not ${IS_OVER},
         due_at = case when not ${IS_OVER} then least(due_at, clock_timestamp()) end,
         finished_at = case when ${IS_OVER} then clock_timestamp() end
       where run.id = any (array(select id from hit))`,
    );
  }
}
