/** Forgets old events that have been taken up, and refused ones: from then on one with the same id is new. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Scheduled, type ReadyConfig } from '../../kernel/index.js';

/** Rows per statement, so that none holds its locks for long. */
const BATCH = 10_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class PurgeEventsSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
  ) {}

  /** One scan along the primary key, oldest first: an id contains its arrival time. */
  @Scheduled({ name: 'purge-events', everyMs: 3_600_000 })
  async purge(): Promise<void> {
    for (let last: string | undefined = BEFORE_ALL; last !== undefined; last = await this.purgeAfter(last));
    await this.database.query(`delete from event_dead_letter where refused_at < now() - make_interval(days => $1)`, [
      this.config.eventDays,
    ]);
  }

  /** The id of the last row that it deleted; undefined if there was none. */
  private async purgeAfter(id: string): Promise<string | undefined> {
    const [last] = await this.database.query<{ id: string }>(
      `with old as materialized (
         select id from inbound_event
         where id > $1 and id < uuidv7_floor(now() - make_interval(days => $2)) and not exists (select from pending_event where seq = inbound_event.seq)
         order by id limit $3
       ), purged as (
         delete from inbound_event using old where inbound_event.id = old.id
       )
       select id from old order by id desc limit 1`,
      [id, this.config.eventDays, BATCH],
    );
    return last?.id;
  }
}
