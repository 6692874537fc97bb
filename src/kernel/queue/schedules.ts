/** Runs scheduled jobs once however many processes there are: the due time is claimed in the database. */
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { isUnavailable } from '../postgres/database-errors.js';
import { Database } from '../postgres/database.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { Metrics, type EventCount, type Sample } from '../observability/metrics.js';
import { waitFor } from '../logging/waits.js';
import { errorLine } from '../postgres/error-line.js';

@Injectable()
export class Schedules implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Schedules.name);
  private readonly sparing = new SparingLogger(this.logger);
  /** By name, those of this process. */
  private readonly running = new Map<string, Promise<void>>();
  private readonly leftRunning = new Set<Promise<void>>();
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
      () => this.ages(),
    );
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

  private async ages(): Promise<Sample<'schedule'>[]> {
    const rows = await this.database.query<{ schedule: string; seconds: number }>(
      `select name as schedule, extract(epoch from clock_timestamp() - last_started_at)::float8 as seconds from schedule`,
    );
    return rows.map(({ schedule, seconds }) => ({ labels: { schedule }, value: seconds }));
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
