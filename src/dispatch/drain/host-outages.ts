/** Remembers for a while whose host does not answer, so that a lane full of messages does not ask it over and over. */
import { performance } from 'node:perf_hooks';
import { HostDataUnavailable } from '../../host-data/index.js';

/** Then one asks again; the others wait for what it finds. */
const AWAY_MS = 5_000;

export class HostOutages {
  private readonly until = new Map<string, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Asks, unless it is known to be of no use: then raises HostDataUnavailable at once, as `ask` does at the end of its patience. */
  async asking<T>(tenantId: string, ask: () => Promise<T>): Promise<T> {
    const away = this.until.get(tenantId);
    if (away !== undefined && away > this.now()) throw new HostDataUnavailable('it did not answer a moment ago');
    if (away !== undefined) this.rest(tenantId);
    try {
      const answer = await ask();
      this.until.delete(tenantId);
      return answer;
    } catch (error) {
      if (error instanceof HostDataUnavailable) this.rest(tenantId);
      throw error;
    }
  }

  private rest(tenantId: string): void {
    this.until.set(tenantId, this.now() + AWAY_MS);
  }
}
