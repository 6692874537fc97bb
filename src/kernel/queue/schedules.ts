/** Scheduled work that runs once however many processes there are: the due time is claimed in the database. */
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { isUnavailable } from '../postgres/database-errors.js';
import { Database } from '../postgres/database.js';
import { SparingLogger } from '../logging/sparing-logger.js';

@Injectable()
export class Schedules implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Schedules.name);
  private readonly sparing = new SparingLogger(this.logger);
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(private readonly database: Database) {}

  /**
   * Runs `work` unless any process has begun it within the last `everyMs`. Errors are logged, not thrown: the next turn tries
   * again. Work must be safe to run twice, since a process may die in the middle of it.
   */
  async once(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
    if (this.stopping) return;
    const run = this.claimAndRun(name, everyMs, work);
    this.running.add(run);
    await run;
    this.running.delete(run);
  }

  /** Begins nothing more, and lets what runs come to its end while the database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  private async claimAndRun(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
    try {
      const claimed = await this.database.query(
        `insert into schedule (name, last_started_at) values ($1, clock_timestamp())
         on conflict (name) do update set last_started_at = clock_timestamp()
           where schedule.last_started_at <= clock_timestamp() - make_interval(secs => $2::float8 / 1000)
         returning name`,
        [name, everyMs],
      );
      if (claimed.length > 0) await work();
    } catch (error) {
      if (isUnavailable(error)) this.sparing.warn('Scheduled work waits for the database');
      else this.logger.error(`The schedule "${name}" failed: ${error instanceof Error ? error.name : 'unknown error'}`);
    }
  }
}
