/** Where the bytes of files are. */
import type { FileFacts } from './file-facts.js';

/** Names a content: of one tenant, by its SHA-256. */
export type ContentName = Pick<FileFacts, 'tenantId' | 'digest'>;

export abstract class ContentStore {
  abstract readonly name: FileFacts['storedIn'];

  /** Keeps a content; harmless if it is there already. Rejects with a reason if it may not be kept. */
  abstract put(name: ContentName, content: Buffer): Promise<void>;

  /** Undefined if there is none. Rejects with a reason if that cannot be told now. */
  abstract get(name: ContentName): Promise<Buffer | undefined>;

  /** Harmless if there is none. */
  abstract delete(name: ContentName): Promise<void>;
}
