/** Lists that this process is reading: they end before the database goes away. */
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { StreamedRequestBody } from '../kernel/index.js';
import { TooManyLists } from './list.errors.js';
import type { Row, RowReader } from './list-row.js';

/** Lists of a tenant that one process reads at a time. */
const MOST_AT_ONCE = 2;

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
