/** Files for other modules: which there are, and their bytes. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ShortCache } from '../kernel/index.js';
import { ContentStores } from './content-stores.js';
import type { FileFacts } from './file-facts.js';
import { FileStore } from './file-store.js';
import { FileNotFound } from './files.errors.js';

/** A use is known for so long: far shorter than an unused file is kept. */
const USED_MS = 60_000;
/** Bytes of contents that are kept in memory: a campaign reads its file once. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** A file that was there when it was asked for is there no more. */
export class FileGone extends Error {
  constructor() {
    super('the file is not kept any more');
    this.name = 'FileGone';
  }
}

@Injectable()
export class FileLibrary {
  private readonly uses = new ShortCache<FileFacts>(USED_MS);
  private readonly contents = new LRUCache<string, Buffer>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ length }) => length + 1,
  });
  private readonly reading = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly files: FileStore,
    private readonly stores: ContentStores,
  ) {}

  /** A tenant's file that something is about to refer to, or to carry: it is in use as of now. Raises FileNotFound. */
  use(tenantId: string, id: string): Promise<FileFacts> {
    return this.uses.get(`${tenantId} ${id}`, async () => {
      const file = await this.files.use(tenantId, id);
      if (!file) throw new FileNotFound();
      return file;
    });
  }

  /** A file to look at; undefined if it is not kept any more. */
  find(tenantId: string, id: string): Promise<FileFacts | undefined> {
    return this.files.find(tenantId, id);
  }

  /** Its bytes. Concurrent callers share one reading. Raises FileGone; rejects with a reason if they cannot be read now. */
  async read(file: FileFacts): Promise<Buffer> {
    const key = `${file.tenantId} ${file.digest}`;
    const kept = this.contents.get(key);
    if (kept) return kept;
    const reading = this.reading.get(key) ?? this.load(key, file);
    this.reading.set(key, reading);
    return reading;
  }

  private async load(key: string, file: FileFacts): Promise<Buffer> {
    try {
      const content = await this.stores.of(file).get(file);
      if (!content) throw new FileGone();
      this.contents.set(key, content);
      return content;
    } finally {
      this.reading.delete(key);
    }
  }
}
