/** The runs of automations as stored: rows with an index on the time they are due, taken in sets. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../kernel/index.js';
import type { InboundEventRow } from '../events/inbound-events.js';
import type { NewRun, RunProgress, RunRow } from './run-row.js';

/** What a process has taken is anybody's again after this time, should it die. */
const LEASE_SECONDS = 60;

const COLUMNS = `id, tenant_id, automation_id, version, venue_id, trigger_id, data, person, order_ref, customer_ref, event_ref, attendee_ref,
  correlation_id, stop_on, place, waiting_since, message_id, spread_after`;

const NEW = `tenant_id uuid, automation_id uuid, version int, venue_id uuid, trigger_id uuid, data jsonb, order_ref text, customer_ref text,
  event_ref text, attendee_ref text, person text, correlation_id text, stop_on text[]`;
const NEW_COLUMNS = `tenant_id, automation_id, version, venue_id, trigger_id, data, order_ref, customer_ref, event_ref, attendee_ref,
  person, correlation_id, stop_on`;

const PROGRESS = `id uuid, status text, reason text, place int, waiting_since timestamptz, due_at timestamptz, message_id uuid,
  awaits_report boolean, spread_after text, order_ref text, customer_ref text, event_ref text, attendee_ref text, entries jsonb`;

/** Runs that a process has taken. */
export interface TakenRuns {
  readonly lease: string;
  readonly rows: readonly RunRow[];
}

@Injectable()
export class Runs {
  constructor(private readonly database: Database) {}

  /** Begins runs that are due at `now`; one that this event has begun before is passed over. */
  async begin(runs: readonly NewRun[], now: Date): Promise<void> {
    if (runs.length === 0) return;
    await this.database.query(
      `insert into automation_run (${NEW_COLUMNS}, due_at) select ${NEW_COLUMNS}, $2
       from jsonb_to_recordset($1::jsonb) as run (${NEW}) order by automation_id, trigger_id, person
       on conflict on constraint automation_run_unique do nothing`,
      [JSON.stringify(runs), now],
    );
  }

  /** Those that are due, longest first, of those in nobody else's hands. They are this caller's for a minute. */
  async take(now: Date, limit: number): Promise<TakenRuns> {
    const lease = uuidv7();
    const rows = await this.database.query<RunRow>(
      `with due as materialized (
         select id from automation_run where due_at <= $1 and (lease is null or lease_until <= $1)
         order by due_at limit $2 for no key update skip locked
       )
       update automation_run set lease = $3, lease_until = $1::timestamptz + make_interval(secs => ${LEASE_SECONDS})
       where id = any (array(select id from due)) returning ${COLUMNS}`,
      [now, limit, lease],
    );
    return { lease, rows };
  }

  /** The ids of those that are still this caller's, locked until the end of the transaction. */
  async lock({ lease, rows }: TakenRuns): Promise<ReadonlySet<string>> {
    const locked = await this.database.query<{ id: string }>(
      `select id from automation_run where id = any($1::uuid[]) and lease = $2 and status = 'waiting' order by id for no key update`,
      [rows.map(({ id }) => id), lease],
    );
    return new Set(locked.map(({ id }) => id));
  }

  /** Writes where they have got to, and gives them back; those that are not this caller's any more stay as they are. */
  async save(lease: string, progress: readonly RunProgress[]): Promise<void> {
    if (progress.length === 0) return;
    await this.database.query(
      `update automation_run as run set status = step.status, reason = step.reason, place = step.place,
         waiting_since = step.waiting_since, due_at = step.due_at, message_id = step.message_id,
         awaits_report = step.awaits_report, spread_after = step.spread_after,
         order_ref = step.order_ref, customer_ref = step.customer_ref, event_ref = step.event_ref, attendee_ref = step.attendee_ref,
         log = run.log || step.entries, lease = null, attempts = 0,
         finished_at = case when step.status <> 'waiting' then clock_timestamp() end
       from jsonb_to_recordset($1::jsonb) as step (${PROGRESS})
       where run.id = step.id and run.lease = $2 and run.status = 'waiting'`,
      [JSON.stringify(progress), lease],
    );
  }

  /** Tries them again later: sooner at first, in the end every ten minutes. */
  async putOff({ lease, rows }: TakenRuns, now: Date): Promise<void> {
    await this.database.query(
      `update automation_run set lease = null, attempts = attempts + 1,
         due_at = $3::timestamptz + make_interval(secs => least(600, 5 * power(2, least(attempts, 10))))
       where id = any($1::uuid[]) and lease = $2 and status = 'waiting'`,
      [rows.map(({ id }) => id), lease, now],
    );
  }

  /** Ends the runs that one of these events ends: those about the same, which began before it. */
  stop(events: readonly InboundEventRow[]): Promise<void> {
    return this.matching(
      events,
      `event.type = any (run.stop_on) and run.trigger_id < event.id`,
      `status = 'stopped', reason = 'event ' || hit.type, due_at = null, awaits_report = false, lease = null,
         finished_at = clock_timestamp()`,
    );
  }

  /** Looks again now at runs that are about the same as one of these events: what they wait for may have moved. */
  look(events: readonly InboundEventRow[], now: Date): Promise<void> {
    return this.matching(
      events,
      `run.trigger_id <> event.id`,
      `due_at = least(run.due_at, $2::timestamptz), lease = null`,
      now,
    );
  }

  /** By each subject on its own index; locked in order of id, as by whoever has taken them. */
  private async matching(
    events: readonly InboundEventRow[],
    condition: string,
    change: string,
    ...more: readonly Date[]
  ): Promise<void> {
    for (const subject of SUBJECT_ORDER) {
      const about = events.filter((event) => leads(event, subject));
      if (about.length === 0) continue;
      const rows = about.map(({ id, tenant_id, type, [subject]: ref }) => ({ id, tenant_id, type, ref }));
      await this.database.query(
        `with hit as materialized (
           select run.id, event.type
           from jsonb_to_recordset($1::jsonb) as event (id uuid, tenant_id uuid, type text, ref text)
           join automation_run as run on run.tenant_id = event.tenant_id and run.${subject} = event.ref and run.status = 'waiting'
           where ${condition} order by run.id for no key update of run
         )
         update automation_run as run set ${change} from hit where run.id = hit.id`,
        [JSON.stringify(rows), ...more],
      );
    }
  }
}

/** From the most particular. */
const SUBJECT_ORDER = ['order_ref', 'attendee_ref', 'event_ref', 'customer_ref'] as const;

/** An event is about the most particular thing that it names: what happens to one order of Ana's concerns none of her others. */
const leads = (event: InboundEventRow, subject: (typeof SUBJECT_ORDER)[number]): boolean =>
  SUBJECT_ORDER.find((each) => event[each] !== null) === subject;
