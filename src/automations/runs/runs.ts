/** The runs of automations as stored: rows with an index on the time they are due, taken in sets. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../kernel/index.js';
import { SUBJECT_KINDS, subjectsNamed } from '../events/inbound-event.js';
import type { InboundEventRow } from '../events/inbound-events.js';
import type { NewRun, RunProgress, RunRow } from './run-row.js';

/** What a process has taken is anybody's again after this time, should it die. */
const LEASE_SECONDS = 60;

const COLUMNS = `id, tenant_id, automation_id, version, venue_id, trigger_id, began_seq, looked_seq, data, person, order_ref, customer_ref,
  event_ref, attendee_ref, correlation_id, stop_on, place, waiting_since, message_id, spread_after,
  coalesce(pg_sequence_last_value('inbound_event_seq'), 0) as said_seq`;

const NEW = `tenant_id uuid, automation_id uuid, version int, venue_id uuid, trigger_id uuid, began_seq bigint, data jsonb, order_ref text, customer_ref text,
  event_ref text, attendee_ref text, person text, correlation_id text, stop_on text[]`;
const NEW_COLUMNS = `tenant_id, automation_id, version, venue_id, trigger_id, began_seq, data, order_ref, customer_ref, event_ref, attendee_ref,
  person, correlation_id, stop_on`;

const PROGRESS = `id uuid, looked_seq bigint, status text, reason text, place int, waiting_since timestamptz, due_at timestamptz, message_id uuid,
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
         looked_seq = step.looked_seq, order_ref = step.order_ref, customer_ref = step.customer_ref, event_ref = step.event_ref, attendee_ref = step.attendee_ref,
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

  /**
   * Runs that are about the same as one of these events are looked at again: what they wait for may have moved. Those that are told to
   * stop at it end, if it was said after they began. Call it in the transaction that takes the events.
   */
  async hear(events: readonly InboundEventRow[], now: Date): Promise<void> {
    const said = events.flatMap(({ id, seq, tenant_id, type, ...refs }) => {
      const [lead] = subjectsNamed(refs);
      return lead ? [{ id, seq, tenant_id, type, ...lead }] : [];
    });
    if (said.length > 0) await this.database.query(HEAR, [JSON.stringify(said), now]);
  }
}

const aboutTheSame = SUBJECT_KINDS.map(
  (kind) => `
    select run.id, said.seq, said.type, said.type = any (run.stop_on) and run.began_seq < said.seq as ends
    from said join automation_run as run on run.tenant_id = said.tenant_id and run.${kind}_ref = said.ref
    where said.kind = '${kind}' and run.status = 'waiting' and run.trigger_id <> said.id`,
);

/**
 * Each subject by its own index; locked in order of id, as by whoever has taken them. A run that turns out to be about something else
 * now has been so since the first event that made it look again.
 */
const HEAR = `
  with said as materialized (
    select * from jsonb_to_recordset($1::jsonb) as said (id uuid, seq bigint, tenant_id uuid, type text, kind text, ref text)
  ), news as materialized (
    select id, min(seq) as seq, (array_agg(type order by seq) filter (where ends))[1] as ending
    from (${aboutTheSame.join(' union all ')}) as each group by id
  ), hit as materialized (
    select id from automation_run where id = any (array(select id from news)) and status = 'waiting' order by id for no key update
  )
  update automation_run as run set lease = null,
    looked_seq = case when run.looked_seq is not null and run.due_at > $2 then greatest(run.looked_seq, news.seq) else run.looked_seq end,
    status = case when ending is null then 'waiting' else 'stopped' end,
    reason = case when ending is not null then 'event ' || ending end,
    due_at = case when ending is null then least(run.due_at, $2::timestamptz) end,
    awaits_report = run.awaits_report and ending is null,
    finished_at = case when ending is not null then clock_timestamp() end
  from news join hit using (id) where run.id = news.id`;
