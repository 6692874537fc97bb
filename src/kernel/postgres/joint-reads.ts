/** Merges look-ups that come at the same time: under load a statement for each would cost more than all the rest of its request. */
import { unconfined } from './tenant-scope.js';

interface Asked<Found> {
  readonly resolve: (found: Found | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class JointReads<Found> {
  private waiting = new Map<string, Asked<Found>[]>();
  private underway = 0;

  /** `read` answers what it finds of up to `most` keys, by key. So many reads run at once: what comes meanwhile is asked for together. */
  constructor(
    private readonly most: number,
    private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
    private readonly atOnce = 2,
  ) {}

  /** Undefined for what there is not. Rejects with the error of the read. */
  get(key: string): Promise<Found | undefined> {
    return new Promise((resolve, reject) => {
      const asked = this.waiting.get(key);
      if (asked) asked.push({ resolve, reject });
      else this.waiting.set(key, [{ resolve, reject }]);
      if (this.underway < this.atOnce) void unconfined(() => this.readAll());
    });
  }

  private async readAll(): Promise<void> {
    this.underway += 1;
    await Promise.resolve(); // who asks beside the first goes with it
    while (this.waiting.size > 0) await this.settle(this.next());
    this.underway -= 1;
  }

  private next(): Map<string, Asked<Found>[]> {
    const batch = new Map([...this.waiting].slice(0, this.most));
    if (batch.size === this.waiting.size) this.waiting = new Map();
    else for (const key of batch.keys()) this.waiting.delete(key);
    return batch;
  }

  private async settle(batch: ReadonlyMap<string, readonly Asked<Found>[]>): Promise<void> {
    try {
      const found = await this.read([...batch.keys()]);
      for (const [key, asked] of batch) for (const { resolve } of asked) resolve(found.get(key));
    } catch (error) {
      for (const asked of batch.values()) for (const { reject } of asked) reject(error);
    }
  }
}
