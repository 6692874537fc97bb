/**
 * Batches the writes of concurrent callers: what arrives while others are being written goes together into the next statement.
 * A single caller does not wait; under load all callers share the cost of a statement and a commit.
 */
import { isUnavailable } from './database-errors.js';
import { unconfined } from './tenant-scope.js';

interface Caller<Item> {
  readonly items: readonly Item[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class JointWrites<Item> {
  private readonly waiting: Caller<Item>[] = [];
  private underway = 0;

  /**
   * `write` takes the items of up to `most` callers, and writes all or none of them. So many writes run at once: of two, one is filled
   * while the other commits; with one alone more callers share each.
   */
  constructor(
    private readonly most: number,
    private readonly write: (items: readonly Item[]) => Promise<void>,
    private readonly atOnce = 2,
  ) {}

  /** Resolves when these items are written. Rejects for an error of theirs, never of others'. */
  add(items: readonly Item[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ items, resolve, reject });
      if (this.underway < this.atOnce) void unconfined(() => this.writeAll());
    });
  }

  private async writeAll(): Promise<void> {
    this.underway += 1;
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, this.most));
    this.underway -= 1;
  }

  private async settle(callers: readonly Caller<Item>[]): Promise<void> {
    try {
      await this.write(callers.flatMap(({ items }) => items));
      for (const { resolve } of callers) resolve();
    } catch (error) {
      // If the database does not answer, it will not for single items either; and items written nonetheless must not be
      // retried.
      if (callers.length === 1 || isUnavailable(error)) for (const { reject } of callers) reject(error);
      else await this.settleByHalves(callers);
    }
  }

  /** One that cannot be written is found in a few statements. */
  private async settleByHalves(callers: readonly Caller<Item>[]): Promise<void> {
    const half = Math.ceil(callers.length / 2);
    await this.settle(callers.slice(0, half));
    await this.settle(callers.slice(half));
  }
}
