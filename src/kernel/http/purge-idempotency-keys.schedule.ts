/** Forgets idempotency keys whose time has passed. */
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Database } from '../postgres/database.js';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Schedules } from '../queue/schedules.js';

const LOOK_EVERY_MS = 60_000;
const EVERY_MS = 3_600_000;
/** Rows in one statement, so that none holds its locks for long. */
const BATCH = 10_000;

@Injectable()
export class PurgeIdempotencyKeysSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly database: Database,
  ) {}

  @Interval(LOOK_EVERY_MS)
  async purge(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('purge-idempotency-keys', EVERY_MS, () => this.purgeAll());
  }

  private async purgeAll(): Promise<void> {
    let purged: object[];
    do {
      purged = await this.database.query(
        `delete from idempotency_key where (owner, key) in (
           select owner, key from idempotency_key where created_at < now() - interval '24 hours' limit $1)
         returning 1`,
        [BATCH],
      );
    } while (purged.length === BATCH);
  }
}
