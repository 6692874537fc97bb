/** Which of some names a misspelt one was meant to be. */
import { closestMatch } from 'leven';

/** No name of ours is longer: comparing takes the product of both lengths. */
const LONGEST = 50;

/**
 * The name that differs by up to two letters, if any; by one if it has three or four, by none if it has fewer. Case and
 * separators do not count, so `send_at` is `sendAt`.
 */
export function closestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > LONGEST) return undefined;
  const plain = new Map(names.map((name) => [plainOf(name), name]));
  const wanted = plainOf(given);
  const closest = plain.has(wanted) ? wanted : closestMatch(wanted, [...plain.keys()], { maxDistance: slips(wanted) });
  return closest === undefined ? undefined : plain.get(closest);
}

const plainOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const slips = ({ length }: string): number => Math.min(2, Math.floor(Math.max(0, length - 1) / 2));
