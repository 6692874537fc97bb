/** The stores that files are in: new ones in the one that is configured, old ones where they were put. */
import type { ContentStore } from './content-store.js';
import type { FileFacts } from './file-facts.js';

export class ContentStores {
  /** `current`: where new files are put. */
  constructor(
    readonly current: ContentStore,
    private readonly others: readonly ContentStore[],
  ) {}

  /** Raises an Error for one that is not configured any more. */
  of({ storedIn }: Pick<FileFacts, 'storedIn'>): ContentStore {
    const store = [this.current, ...this.others].find(({ name }) => name === storedIn);
    if (!store) throw new Error(`files in ${storedIn} cannot be read: it is not configured`);
    return store;
  }
}
