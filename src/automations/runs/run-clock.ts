/** The time that runs go by. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../../kernel/index.js';

/** The database's: a worker whose own clock is wrong sends nothing too early. */
@Injectable()
export class RunClock {
  constructor(private readonly database: Database) {}

  async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: string }>(`select clock_timestamp() as now`);
    if (!row) throw new Error('it is always some time');
    return instant(row.now);
  }
}
