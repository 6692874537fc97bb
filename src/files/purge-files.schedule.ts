/** Deletes files that nothing refers to any more. */
import { Injectable } from '@nestjs/common';
import { Database, Scheduled } from '../kernel/index.js';
import { ContentStores } from './content-stores.js';
import type { FileFacts } from './file-facts.js';
import { FileStore } from './file-store.js';
import { FileUses } from './file-uses.js';

/** Files of one look. */
const BATCH = 500;

@Injectable()
export class PurgeFilesSchedule {
  constructor(
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly uses: FileUses,
    private readonly stores: ContentStores,
  ) {}

  @Scheduled({ name: 'purge-files', everyMs: 3_600_000 })
  async purge(): Promise<void> {
    let idle: FileFacts[];
    do {
      idle = await this.files.idle(this.uses.isAny, BATCH);
      for (const file of idle) await this.database.transaction(() => this.purgeOne(file));
    } while (idle.length === BATCH);
  }

  /** A content goes with the last of its names. If its store fails the file stays, and is purged another time. */
  private async purgeOne(file: FileFacts): Promise<void> {
    await this.files.lock(file);
    await this.files.remove(file.id, this.uses.isAny);
    const others = await this.files.ofContent(file);
    if (others.length === 0) await this.stores.of(file).delete(file);
  }
}
