/** Price lists in memory: a version is compiled once in each process, since it never changes. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { instant, ShortCache } from '../../kernel/index.js';
import { PriceBook } from './price-book.js';
import type { PriceListName } from './price-list.js';
import { PriceStore, type VersionRow } from './price-store.js';
import type { LoadedPrices } from './quote.rules.js';

/** Compiled versions that are kept: of every provider and plan the present one, and some of the past. */
const KEPT = 100;
/** Other processes may miss a new version this much longer. */
const CACHE_MS = 2_000;

@Injectable()
export class PriceBooks {
  private readonly versions = new ShortCache<readonly VersionRow[]>(CACHE_MS);
  private readonly compiled = new LRUCache<string, Promise<LoadedPrices>>({ max: KEPT });

  constructor(private readonly store: PriceStore) {}

  /** The version of a list that is valid at a time: of those that have begun the one that began last. */
  async at(list: PriceListName, time: Date): Promise<LoadedPrices | undefined> {
    const begun = await this.versions.get(keyOf(list), async () => {
      const all = await this.store.versions(list, undefined, Number.MAX_SAFE_INTEGER);
      // The newest first: of two from the same time, the later one counts.
      return all.toSorted((one, other) => instant(other.valid_from).getTime() - instant(one.valid_from).getTime());
    });
    const valid = begun.find(({ valid_from: from }) => instant(from) <= time);
    return valid && this.load(list, valid);
  }

  /** Call after a new version in this process: the next lookup sees it. */
  forget(list: PriceListName): void {
    this.versions.forget(keyOf(list));
  }

  private load({ name }: PriceListName, { id, version, currency }: VersionRow): Promise<LoadedPrices> {
    const kept = this.compiled.get(id);
    if (kept) return kept;
    const loading = this.store
      .lines(id)
      .then((lines) => ({ versionId: id, version, name, currency, book: new PriceBook(lines) }));
    this.compiled.set(id, loading);
    loading.catch(() => this.compiled.delete(id)); // whoever waits for it is told
    return loading;
  }
}

const keyOf = ({ kind, name }: PriceListName): string => `${kind} ${name}`;
