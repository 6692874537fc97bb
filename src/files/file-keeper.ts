/** Keeps files: the same content is stored once. */
import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Database, errorLine } from '../kernel/index.js';
import type { ContentName, ContentStore } from './content-store.js';
import { ContentStores } from './content-stores.js';
import type { FileFacts } from './file-facts.js';
import { FileStore, type FileRow } from './file-store.js';
import { FileStoreUnavailable } from './files.errors.js';

@Injectable()
export class FileKeeper {
  private readonly logger = new Logger(FileKeeper.name);

  constructor(
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly stores: ContentStores,
  ) {}

  /**
   * The same content under the same name is the same file. `actor` is who brought it. Raises FileStoreUnavailable for a store that does not say
   * that it keeps the file.
   */
  keep(file: Pick<FileFacts, 'tenantId' | 'name' | 'mediaType'>, content: Buffer, actor: string): Promise<FileRow> {
    const digest = createHash('sha256').update(content).digest('hex');
    const facts = { ...file, bytes: content.length, digest };
    return this.database.transaction(async () => {
      await this.files.lock(facts);
      const [known] = await this.files.ofContent(facts);
      const { current } = this.stores;
      if (!known) await this.put(current, facts, content);
      return this.files.add({ ...facts, storedIn: known?.storedIn ?? current.name }, actor);
    });
  }

  private async put(store: ContentStore, name: ContentName, content: Buffer): Promise<void> {
    try {
      await store.put(name, content);
    } catch (error) {
      if (store.name === 'database') throw error; // the kernel knows what its failures mean
      this.logger.error(`A file was not stored: ${errorLine(error)}`);
      throw new FileStoreUnavailable();
    }
  }
}
