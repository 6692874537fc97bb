/** Deletes expired idempotency keys. */
import { Injectable } from '@nestjs/common';
import { Database } from '../postgres/database.js';
import { Scheduled } from '../queue/scheduled.js';

/** Rows per statement, so that none holds its locks for long. */
const BATCH = 10_000;

@Injectable()
export class PurgeIdempotencyKeysSchedule {
  constructor(private readonly database: Database) {}

  @Scheduled({ name: 'purge-idempotency-keys', everyMs: 3_600_000 })
  async purge(): Promise<void> {
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
