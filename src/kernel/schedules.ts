/** Scheduled work that runs once however many processes there are: the due time is claimed in the database. */
import { Injectable, Logger } from '@nestjs/common';
import { Database } from './database.js';

@Injectable()
export class Schedules {
  private readonly logger = new Logger(Schedules.name);

  constructor(private readonly database: Database) {}

  /**
   * Runs `work` unless any process has begun it within the last `everyMs`. Errors are logged, not thrown: the next turn tries
   * again. Work must be safe to run twice, since a process may die in the middle of it.
   */
  async once(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
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
      this.logger.error(`The schedule "${name}" failed: ${error instanceof Error ? error.name : 'unknown error'}`);
    }
  }
}
