/** Keeps Intl formatters, which cost more to make than to use. */
import { UnusableValue } from './printing.js';

/** The names come from templates and data, so there is no end to them: beyond this many the memory starts anew. */
const MOST = 200;

/**
 * `make`, called once for each different list of names.
 * @throws UnusableValue with the message `refusal` where `make` throws: Intl knows no such currency, time zone or locale.
 */
export function remembered<T>(make: (...names: string[]) => T, refusal: string): (...names: string[]) => T {
  const known = new Map<string, T>();
  return (...names) => {
    const key = names.join('\n');
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= MOST) known.clear();
    const made = attempt(() => make(...names), refusal);
    known.set(key, made);
    return made;
  };
}

function attempt<T>(make: () => T, refusal: string): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? new UnusableValue(refusal) : error;
  }
}
