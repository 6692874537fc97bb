/** Pictures and the like that people of the sandbox send, as their providers keep them. */
import { LRUCache } from 'lru-cache';

export interface SandboxMedium {
  readonly mediaType: string;
  readonly content: Buffer;
}

const KEPT_BYTES = 64 * 1024 * 1024;

export class PeopleMedia {
  private readonly kept = new LRUCache<string, SandboxMedium>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ content }) => content.length + 1,
  });

  keep(id: string, medium: SandboxMedium): void {
    this.kept.set(id, medium);
  }

  find(id: string): SandboxMedium | undefined {
    return this.kept.get(id);
  }
}
