/** Deletes the data of deleted audiences, in small batches. */
import { Injectable } from '@nestjs/common';
import { Database, Scheduled } from '../kernel/index.js';

/** Contacts per statement, so that none holds its locks for long. */
const BATCH = 10_000;

@Injectable()
export class AudiencePurgeSchedule {
  constructor(private readonly database: Database) {}

  @Scheduled({ name: 'purge-audiences', everyMs: 10_000 })
  async purge(): Promise<void> {
    const deleted = await this.database.query<{ id: string }>(`select id from audience where deleted_at is not null`);
    for (const { id } of deleted) await this.purgeOne(id);
  }

  private async purgeOne(id: string): Promise<void> {
    let purged: object[];
    do {
      purged = await this.database.query(
        `delete from contact where (audience_id, kind, address) in (
           select audience_id, kind, address from contact where audience_id = $1 limit $2)
         returning 1`,
        [id, BATCH],
      );
    } while (purged.length === BATCH);
    await this.database.query(`delete from audience where id = $1`, [id]);
  }
}
