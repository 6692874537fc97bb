/** A small cache for results that cost more to create than to keep, such as Intl formatters. */
import { LRUCache } from 'lru-cache';
import { UnusableValue } from './rendering/printing.js';

/** The names come from templates and data, so they are unbounded. */
const MOST_RESULTS = 200;
const LONGEST_KEY = 200;

/** `make`, whose result depends only on its names, called about once per distinct list of names. */
export function remembered<T extends object | string>(make: (...names: string[]) => T): (...names: string[]) => T {
  const known = new LRUCache<string, T>({ max: MOST_RESULTS });
  return (...names) => {
    const key = names.join('\n');
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(...names);
    if (key.length <= LONGEST_KEY) known.set(key, made);
    return made;
  };
}

/** An Intl formatter; or an UnusableValue if Intl does not know the currency, time zone or locale. */
export function formatter<T>(make: () => T, refusal: string): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? new UnusableValue(refusal) : error;
  }
}
