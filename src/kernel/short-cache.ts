import { LRUCache } from 'lru-cache';
import { unconfined } from './postgres/tenant-scope.js';

/**
 * Caches results for a short time, so that a hot path does not query the database each time. Bounded, evicting the least
 * recently used. Invalidate after changes in this process; other processes see a change after `ttlMs` at the latest.
 */
export class ShortCache<Value> {
  private readonly answers: LRUCache<string, Promise<Value>>;

  constructor(ttlMs: number, size = 10_000) {
    this.answers = new LRUCache({ max: size, ttl: ttlMs, ttlResolution: 0 });
  }

  /** The cached result, or that of `load`, which sees all tenants' rows, as later callers may be others. Concurrent callers share one load; a failure is not cached. */
  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.answers.get(key);
    if (known) return known;
    const answer = unconfined(load);
    this.answers.set(key, answer);
    answer.catch(() => {
      if (this.answers.peek(key) === answer) this.answers.delete(key);
    });
    return answer;
  }

  forget(key: string): void {
    this.answers.delete(key);
  }

  clear(): void {
    this.answers.clear();
  }
}
