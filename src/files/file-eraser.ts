/** Deletes files whose only reader is erased. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { ContentStores } from './content-stores.js';
import { FileStore } from './file-store.js';

@Injectable()
export class FileEraser {
  constructor(
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly stores: ContentStores,
  ) {}

  /** Whether it was there. Its content goes with the last of its names. Raises the error of a store that does not answer. */
  erase(tenantId: string, id: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const file = await this.files.find(tenantId, id);
      if (!file) return false;
      await this.files.lock(file);
      await this.files.erase(tenantId, id);
      const others = await this.files.ofContent(file);
      if (others.length === 0) await this.stores.of(file).delete(file);
      return true;
    });
  }
}
