/** Runs scheduled jobs once however many processes there are: the due time is claimed in the database. */
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { isUnavailable } from '../postgres/database-errors.js';
import { Database } from '../postgres/database.js';
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
}

interface JobAge {
  readonly schedule: string;
  readonly seconds: number;
}

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
    const claimed = await this.database.query(
      `insert into schedule (name, last_started_at) values ($1, clock_timestamp())
       on conflict (name) do update set last_started_at = clock_timestamp()
         where schedule.last_started_at <= clock_timestamp() - make_interval(secs => $2::float8 / 1000)
       returning name`,
      [name, everyMs],
    );
    if (claimed.length > 0) await work();
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
