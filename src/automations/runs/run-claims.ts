/** Which runs each process has in hand. It writes nothing to the runs themselves, so that a step costs one update and not two. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../kernel/index.js';
import { RunClock } from './run-clock.js';
import type { RunRow } from './run-row.js';

/** What a process has claimed is anybody's again after this time, should it die. */
const CLAIM_SECONDS = 60;

/** Runs in the hands of one process. */
export interface ClaimedRuns {
  readonly claim: string;
  /** The time at which they were due. */
  readonly now: Date;
  readonly rows: readonly RunRow[];
}

const COLUMNS = `id, xmin::text as row_version, tenant_id, automation_id, version, venue_id, trigger_id, began_seq, looked_seq, data, person,
  order_ref, customer_ref, event_ref, attendee_ref, correlation_id, trace, stop_on, place, waiting_since, reach, passed, message_id, spread_after, ends_as, reason,
  coalesce(pg_sequence_last_value('inbound_event_seq'), 0) as said_seq`;

const CLAIM = `
  with expired as (
    delete from automation_claim where until <= clock_timestamp()
  ), due as materialized (
    select ${COLUMNS} from automation_run
    where due_at <= $1 and id not in (select unnest(run_ids) from automation_claim where until > clock_timestamp())
    order by due_at limit $2
  ), claimed as (
    insert into automation_claim (id, run_ids, until)
    select $3, array_agg(id), clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS}) from due having count(*) > 0
  )
  select * from due`;

/** SQL: whether any is due, now or later: when it is now is for the clock of runs. */
export const ANY_RUN_WAITS = `exists (select from automation_run where due_at is not null)`;

@Injectable()
export class RunClaims {
  constructor(
    private readonly database: Database,
    private readonly clock: RunClock,
  ) {}

  /** Whether any is due, whoever has claimed it: mostly none is, and then nothing has to be locked to know it. */
  async isAnyDue(): Promise<boolean> {
    const due = await this.database.prepared(`select from automation_run where due_at <= $1 limit 1`, [
      await this.clock.now(),
    ]);
    return due.length > 0;
  }

  /**
   * Those that are due, longest first, of those that nobody else has claimed. A claim keeps others from the same work, and is no lock:
   * who writes a run says which version of it was read.
   */
  async take(limit: number): Promise<ClaimedRuns> {
    const claim = uuidv7();
    const now = await this.clock.now();
    const rows = await this.database.transaction(async () => {
      await this.database.query(`select pg_advisory_xact_lock(hashtextextended('claims of runs', 0))`);
      return this.database.query<RunRow>(CLAIM, [now, limit, claim]);
    });
    return { claim, now, rows };
  }

  async giveBack({ claim }: ClaimedRuns): Promise<void> {
    await this.database.query(`delete from automation_claim where id = $1`, [claim]);
  }
}
