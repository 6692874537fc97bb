/** Runs scheduled jobs once however many processes there are: the due time is claimed in the database. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { isUnavailable } from '../postgres/database-errors.js';
import { Database } from '../postgres/database.js';
import { JointReads } from '../postgres/joint-reads.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { Metrics, type EventCount, type Sample } from '../observability/metrics.js';
import { waitFor } from '../logging/waits.js';
import { errorLine } from '../postgres/error-line.js';

/** A job that some process is to run. */
export interface ExpectedJob {
  readonly name: string;
  readonly everyMs: number;
  /** How often it is looked whether it is due. */
  readonly lookMs: number;
  /** See `ScheduledOptions`. */
  readonly when?: string | undefined;
}

interface JobAge {
  readonly schedule: string;
  readonly seconds: number;
}

/**
 * Claims those that are due, and answers their names. One that another process is claiming is left to it; a version of a row that
 * came meanwhile is looked at once more.
 */
const CLAIM = `
  with asked as materialized (
    select * from unnest($1::text[], $2::float8[]) as asked (name, every_ms)
  ), added as (
    insert into schedule (name, last_started_at)
    select name, clock_timestamp() from asked where not exists (select from schedule where name = asked.name)
    order by name on conflict (name) do nothing returning name
  ), due as materialized (
    select schedule.name from asked join schedule on schedule.name = asked.name
    where last_started_at <= clock_timestamp() - make_interval(secs => every_ms / 1000)
    for update of schedule skip locked
  ), claimed as (
    update schedule set last_started_at = clock_timestamp() where name in (select name from due) returning name
  )
  select name from added union all select name from claimed`;

/** More than there are. */
const JOBS = 1_000;
/** A job whose condition is not answered within this time, by a table that is locked for long, runs: none waits for another's. */
const PATIENCE_MS = 1_000;

@Injectable()
export class Schedules implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Schedules.name);
  private readonly sparing = new SparingLogger(this.logger);
  /** By name, those of this process. */
  private readonly running = new Map<string, Promise<void>>();
  private readonly leftRunning = new Set<Promise<void>>();
  /** By name, those that run by the clock in this deployment, whichever process runs them. */
  private readonly expected = new Map<string, ExpectedJob>();
  private stopping = false;
  /** By name, of those asked for. */
  private readonly everyMs = new Map<string, number>();
  /** All that are looked for at one time share a statement. */
  private readonly claims = new JointReads(JOBS, (names) => this.claim(names), 1);
  /** And what they are due for: asked after the claims, so that no condition holds up a claim. */
  private readonly work = new JointReads(JOBS, (names) => this.findWork(names), 1);

  private readonly failures: EventCount<'schedule'>;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.failures = metrics.counter({
      name: 'callboard.schedule_failures_total',
      help: 'Runs of schedules that failed',
      labels: { schedule: 'names-in-code' },
    });
    metrics.gauge(
      {
        name: 'callboard.schedule_age_seconds',
        help: 'How long ago a schedule last ran in any process',
        labels: { schedule: 'names-in-code' },
      },
      async () => (await this.ages()).map(({ schedule, seconds }) => ({ labels: { schedule }, value: seconds })),
    );
    metrics.gauge(
      {
        name: 'callboard.schedule_delay_seconds',
        help: 'How long a schedule has been due that no process has begun',
        labels: { schedule: 'names-in-code' },
      },
      () => this.delays(),
    );
  }

  /** Tells that a job runs by the clock, in this process or in another. */
  expect(job: ExpectedJob): void {
    this.expected.set(job.name, job);
  }

  /**
   * Runs `work` unless any process has started it within the last `everyMs`, or it is still running in this one. Errors are
   * logged, not thrown: the next run retries. Work must be safe to run twice, even concurrently: a process may die or be paused
   * in the middle, and another one does not wait for a run that takes longer than `everyMs`.
   */
  async once(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
    if (this.stopping || this.running.has(name)) return;
    const run = this.guarded(name, () => this.claimAndRun(name, everyMs, work)).finally(() =>
      this.running.delete(name),
    );
    this.running.set(name, run);
    await run;
  }

  /** Runs `work` that a shutdown must wait for, but the next run of a job need not. Errors are logged. */
  leaveRunning(name: string, work: () => Promise<void>): void {
    if (this.stopping) return;
    const run = this.guarded(name, work).finally(() => this.leftRunning.delete(run));
    this.leftRunning.add(run);
  }

  /** Starts nothing more, and waits for running jobs while the database is still available. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    const names = [...this.running.keys()].toSorted();
    await waitFor(names.length > 0 ? `schedules ${names.join(', ')}` : 'schedules', async () => {
      await Promise.all(this.running.values());
      await Promise.all(this.leftRunning);
    });
  }

  private ages(): Promise<JobAge[]> {
    return this.database.query<JobAge>(
      `select name as schedule, extract(epoch from clock_timestamp() - last_started_at)::float8 as seconds from schedule`,
    );
  }

  /** A job that has never run is left out: a new one will. */
  private async delays(): Promise<Sample<'schedule'>[]> {
    return (await this.ages()).flatMap(({ schedule, seconds }) => {
      const job = this.expected.get(schedule);
      return job ? [{ labels: { schedule }, value: Math.max(0, seconds - (job.everyMs + job.lookMs) / 1_000) }] : [];
    });
  }

  private async claimAndRun(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
    this.everyMs.set(name, everyMs);
    if ((await this.claims.get(name)) && (await this.hasWork(name))) await work();
  }

  /** True where it is not known: the run finds out. */
  private async hasWork(name: string): Promise<boolean> {
    if (this.expected.get(name)?.when === undefined) return true;
    const patience = new AbortController();
    const unanswered = delay(PATIENCE_MS, true, { signal: patience.signal }).catch(() => true);
    const answered = this.work.get(name).then(
      (found) => found !== undefined,
      () => true,
    );
    return Promise.race([answered, unanswered]).finally(() => patience.abort());
  }

  /** One statement for any of them: its plan is kept. */
  private async findWork(names: readonly string[]): Promise<ReadonlyMap<string, true>> {
    const conditions = [...this.expected.values()].flatMap(({ name, when }) =>
      when === undefined ? [] : [`case when '${name}' = any($1::text[]) then case when ${when} then '${name}' end end`],
    );
    const [row] = await this.database.prepared<{ found: readonly (string | null)[] }>(
      `select array[${conditions.join(', ')}]::text[] as found`,
      [names],
    );
    return new Map((row?.found ?? []).flatMap((name) => (name === null ? [] : [[name, true] as const])));
  }

  private async claim(names: readonly string[]): Promise<ReadonlyMap<string, true>> {
    const claimed = await this.database.prepared<{ name: string }>(CLAIM, [
      names,
      names.map((name) => this.everyMs.get(name)),
    ]);
    return new Map(claimed.map(({ name }) => [name, true]));
  }

  /** Names an error without quoting it: a database's message may hold a row. */
  private async guarded(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failures.add({ schedule: name });
      if (isUnavailable(error)) this.sparing.warn('Scheduled work waits for the database');
      else this.sparing.say('error', `The schedule "${name}" failed: ${errorLine(error)}`);
    }
  }
}
