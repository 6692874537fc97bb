/** The runs of automations as stored, written in sets. Whoever writes one that was read says which version it was: its `xmin`. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { RETRY_PAUSE } from '../retry-pause.js';
import { hearing, SAID_KINDS, type Said } from './hear.sql.js';
import { RunRecalls, type StoppedRun } from './run-recalls.js';
import type { NewRun, RunProgress, RunRow } from './run-row.js';

const NEW = `tenant_id uuid, automation_id uuid, version int, venue_id uuid, trigger_id uuid, began_seq bigint, data jsonb, order_ref text, customer_ref text,
  event_ref text, attendee_ref text, person text, correlation_id text, trace text, stop_on text[]`;
const NEW_COLUMNS = `tenant_id, automation_id, version, venue_id, trigger_id, began_seq, data, order_ref, customer_ref, event_ref, attendee_ref,
  person, correlation_id, trace, stop_on`;

/** Each column of the progress of runs, with its type. */
const PROGRESS = {
  id: 'uuid',
  row_version: 'xid',
  looked_seq: 'bigint',
  status: 'text',
  reason: 'text',
  place: 'int',
  waiting_since: 'timestamptz',
  reach: 'jsonb',
  due_at: 'timestamptz',
  ends_as: 'text',
  message_id: 'uuid',
  awaits_report: 'boolean',
  spread_after: 'text',
  order_ref: 'text',
  customer_ref: 'text',
  event_ref: 'text',
  attendee_ref: 'text',
} as const satisfies Partial<Record<keyof RunProgress, string>>;
const PROGRESS_COLUMNS = Object.keys(PROGRESS) as (keyof typeof PROGRESS)[];

const SAVE = `
  update automation_run as run set looked_seq = step.looked_seq, status = step.status, reason = step.reason, place = step.place,
    waiting_since = step.waiting_since, reach = step.reach, passed = coalesce(step.passed, run.passed), ends_as = step.ends_as, due_at = step.due_at, message_id = step.message_id, awaits_report = step.awaits_report,
    spread_after = step.spread_after, order_ref = step.order_ref, customer_ref = step.customer_ref, event_ref = step.event_ref,
    attendee_ref = step.attendee_ref, log = coalesce(run.log || step.entries, run.log), attempts = 0,
    finished_at = case when step.status <> 'waiting' then clock_timestamp() end
  from unnest(${[...Object.values(PROGRESS), 'jsonb', 'jsonb'].map((type, place) => `$${place + 1}::${type}[]`).join(', ')})
    as step (${PROGRESS_COLUMNS.join(', ')}, passed, entries)
  where run.id = step.id and run.xmin = step.row_version and run.status = 'waiting'`;

/** A run as it was read. */
type Version = Pick<RunRow, 'id' | 'row_version'>;

const versions = (runs: readonly Version[]): [string[], string[]] => [
  runs.map(({ id }) => id),
  runs.map(({ row_version: version }) => version),
];

/** What `unnest` lacks in one list beside longer ones is null. */
const unlessAllNull = (column: readonly unknown[]): readonly unknown[] =>
  column.some((value) => value !== null) ? column : [];

@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly recalls: RunRecalls,
  ) {}

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

  /**
   * The ids of those that are still as they were read, locked until the end of the transaction. So are the others, as they are: those
   * that it may wake.
   */
  async lock(runs: readonly Version[], others: readonly string[]): Promise<ReadonlySet<string>> {
    const [ids, rowVersions] = versions(runs);
    const locked = await this.database.query<{ id: string; is_own: boolean }>(
      `select run.id, held.row_version is not null as is_own from unnest($1::uuid[], $2::xid[]) as held (id, row_version)
       join automation_run as run on run.id = held.id and (held.row_version is null or run.xmin = held.row_version)
       where run.status = 'waiting' order by run.id for no key update of run`,
      [
        [...ids, ...others],
        [...rowVersions, ...others.map(() => null)],
      ],
    );
    return new Set(locked.filter(({ is_own: isOwn }) => isOwn).map(({ id }) => id));
  }

  /** Looks again now at these runs, which this transaction has locked. */
  async wake(ids: readonly string[], now: Date): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `update automation_run set due_at = least(due_at, $2) where id = any($1::uuid[]) and status = 'waiting'`,
      [ids, now],
    );
  }

  /** Writes where they have got to; those that are not as they were read any more stay as they are. */
  async save(progress: readonly RunProgress[]): Promise<void> {
    if (progress.length === 0) return;
    const steps = progress.toSorted((one, other) => (one.id < other.id ? -1 : 1)); // locked in order, as everywhere
    await this.database.query(
      SAVE,
      [
        ...PROGRESS_COLUMNS.map((column) => steps.map((step) => step[column])),
        // What most steps leave as it is costs nothing to be read.
        steps.map(({ passed }) => passed && JSON.stringify(passed)),
        steps.map(({ entries }) => (entries.length > 0 ? JSON.stringify(entries) : null)),
      ].map(unlessAllNull),
    );
  }

  /** Tries them again later: sooner at first, in the end every ten minutes. */
  async putOff(runs: readonly Version[], now: Date): Promise<void> {
    await this.database.query(
      `update automation_run as run set attempts = attempts + 1,
         due_at = $3::timestamptz + ${RETRY_PAUSE}
       from unnest($1::uuid[], $2::xid[]) as held (id, row_version)
       where run.id = held.id and run.xmin = held.row_version and run.status = 'waiting'`,
      [...versions(runs), now],
    );
  }

  /**
   * Runs that are about the same as one of these events are looked at again: what they wait for may have moved. Those that are told to
   * stop at it end, if it was said after they began, and what they have sent is taken back. Offers to whoever an event names are looked at again too, and the lists of those
   * that end. Call it in the transaction that takes the events.
   */
  async hear(eventIds: readonly string[], now: Date): Promise<void> {
    const said = await this.database.query<Said>(SAID_KINDS, [eventIds]);
    if (said.length === 0) return;
    await this.recalls.ofStopped(await this.database.query<StoppedRun>(hearing(said), [eventIds, now]));
  }
}
