/** Lists that this process is reading: they end before the database goes away. */
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { isRetryable, type StreamedRequestBody } from '../kernel/index.js';
import { ListInterrupted, TooManyLists } from './list.errors.js';
import type { Row, RowReader } from './list-row.js';

/** Lists of a tenant that one process reads at a time. */
const MOST_AT_ONCE = 2;

/** What is taken from a list. */
export interface ListImport<Item> {
  readonly reader: RowReader;
  readonly body: StreamedRequestBody;
  /** Items that are written at a time. */
  readonly batchSize: number;
  /** What a row says. */
  readonly read: (row: Row) => readonly Item[];
  /** Answers how many of them changed anything. */
  readonly write: (items: readonly Item[]) => Promise<number>;
}

@Injectable()
export class OpenLists implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly ofTenant = new Map<string, number>();

  /** The rows of a body as they arrive, a part for each chunk. Raises ListUnreadable, MalformedJson, BodyIncomplete and BodyTooLarge. */
  async *parts(reader: RowReader, body: StreamedRequestBody): AsyncGenerator<Iterable<Row>> {
    for await (const chunk of body.chunks(this.stopping.signal)) yield reader.read(chunk);
    yield reader.end();
  }

  /**
   * Writes what the rows of a body say, and counts it. What was written before an error stays. Raises what `parts` raises, and
   * ListInterrupted where the database cannot be reached.
   */
  async import<Item>({ reader, body, batchSize, read, write }: ListImport<Item>): Promise<{
    imported: number;
    unchanged: number;
  }> {
    const counts = { imported: 0, unchanged: 0 };
    let batch: Item[] = [];
    const writeBatch = async (): Promise<void> => {
      const changed = await write(batch);
      counts.imported += changed;
      counts.unchanged += batch.length - changed;
      batch = [];
    };
    try {
      for await (const rows of this.parts(reader, body)) {
        for (const row of rows) {
          batch.push(...read(row));
          if (batch.length >= batchSize) await writeBatch();
        }
      }
      await writeBatch();
      return counts;
    } catch (error) {
      throw isRetryable(error) ? new ListInterrupted() : error;
    }
  }

  /** Shutdown waits for this work, whose `parts` end early then. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.underWay.add(promise);
    return promise.finally(() => this.underWay.delete(promise));
  }

  /** The same for work that nothing else limits. Raises TooManyLists. */
  async oneOfFew<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const open = this.ofTenant.get(tenantId) ?? 0;
    if (open >= MOST_AT_ONCE) throw new TooManyLists(MOST_AT_ONCE);
    this.ofTenant.set(tenantId, open + 1);
    return this.during(work).finally(() => this.close(tenantId));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.underWay);
  }

  private close(tenantId: string): void {
    const left = (this.ofTenant.get(tenantId) ?? 1) - 1;
    if (left > 0) this.ofTenant.set(tenantId, left);
    else this.ofTenant.delete(tenantId);
  }
}
