/** Price lists in memory: a version is compiled once in each process, since it never changes. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { instant, ShortCache } from '../../kernel/index.js';
import { PriceAreas } from './price-areas.js';
import { PriceBook } from './price-book.js';
import type { ListedPrice } from './price-line.js';
import type { PriceListName } from './price-list.js';
import { PriceStore, type PriceKeys, type VersionRow } from './price-store.js';
import type { LoadedPrices } from './quote.rules.js';

/** Compiled versions that are kept: of every provider and plan the present one, and some of the past. */
const KEPT = 100;
/** Other processes may miss a new version this much longer. */
const CACHE_MS = 2_000;

@Injectable()
export class PriceBooks {
  private readonly versions = new ShortCache<readonly VersionRow[]>(CACHE_MS);
  private readonly lines = new LRUCache<string, Promise<ReadonlyMap<number, ListedPrice>>>({ max: KEPT });
  private readonly compiled = new LRUCache<string, Promise<LoadedPrices>>({ max: KEPT });

  /** Versions only come. */
  private known: { readonly state: string; readonly keys: PriceKeys } | undefined;
  private readonly places = new ShortCache<PriceAreas>(CACHE_MS);

  constructor(private readonly store: PriceStore) {}

  /** The version of a list that is valid at a time: of those that have begun the one that began last. */
  async at(list: PriceListName, time: Date): Promise<LoadedPrices | undefined> {
    const valid = (await this.versionsOf(list)).find(({ valid_from: from }) => instant(from) <= time);
    return valid && this.load(list.name, valid);
  }

  /** A version by its id. Raises an Error if there is none. */
  async version(versionId: string): Promise<LoadedPrices> {
    const kept = this.compiled.get(versionId);
    if (kept) return kept;
    const { name, ...row } = await this.store.versionById(versionId);
    return this.load(name, row);
  }

  /** What prices depend on by any version of any list. Whatever was put until now is known from then on. */
  async keys(): Promise<PriceKeys> {
    const state = await this.store.state();
    if (this.known?.state !== state) {
      this.versions.clear();
      this.known = { state, keys: await this.store.keys() };
    }
    return this.known.keys;
  }

  /** The places by which they differ. */
  areas(): Promise<PriceAreas> {
    return this.places.get('areas', async () => new PriceAreas((await this.keys()).prefixes));
  }

  /** The lines of a version by their places. */
  async linesOf(versionId: string): Promise<ReadonlyMap<number, ListedPrice>> {
    const kept = this.lines.get(versionId);
    if (kept) return kept;
    const loading = this.store.lines(versionId).then((lines) => new Map(lines.map((line) => [line.place, line])));
    this.lines.set(versionId, loading);
    loading.catch(() => this.lines.delete(versionId)); // whoever waits for it is told
    return loading;
  }

  /** Call after a new version in this process: the next lookup sees it. */
  forget(list: PriceListName): void {
    this.versions.forget(keyOf(list));
    this.places.clear();
  }

  /** The newest first: of two from the same time, the later one counts. */
  private versionsOf(list: PriceListName): Promise<readonly VersionRow[]> {
    return this.versions.get(keyOf(list), async () => {
      const all = await this.store.versions(list, undefined, Number.MAX_SAFE_INTEGER);
      return all.toSorted((one, other) => instant(other.valid_from).getTime() - instant(one.valid_from).getTime());
    });
  }

  private load(name: string, { id, version, currency }: VersionRow): Promise<LoadedPrices> {
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
