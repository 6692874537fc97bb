/** Which route a caller probably meant by an address that leads nowhere. */
import leven from 'leven';

/** Letters that an address may differ by in all. */
const SLIPS = 2;
/** No part of our routes is longer: comparing takes the product of both lengths. */
const LONGEST = 50;
const MOST_PARTS = 10;

/**
 * The pattern, such as `/api/messages/{id}`, of the nearest route: one without the slash at the end, with `/api` or without a
 * version in front, or with a letter or two that differ. Never a part of the address, which may hold personal data.
 */
export function nearestRoute(path: string, patterns: readonly string[]): string | undefined {
  const parts = partsOf(path).filter((part) => !/^v\d$/.test(part));
  if (parts.length > MOST_PARTS) return undefined;
  const [nearest] = patterns
    .filter((pattern) => !pattern.includes('*'))
    .map((pattern) => ({ pattern, cost: costOf(parts, partsOf(pattern)) }))
    .filter(({ cost }) => cost < SLIPS + 1)
    .toSorted((one, other) => one.cost - other.cost);
  return nearest?.pattern;
}

/** Slips first; of two routes with as many, the one with fewer variables, which take any text, is nearer. */
function costOf(parts: readonly string[], own: readonly string[]): number {
  const variables = own.filter(isVariable).length;
  return Math.min(slips(parts, own), slips(['api', ...parts], own)) + variables / 100;
}

/** A route that begins with this address, which itself leads nowhere. */
export function routeBelow(path: string, patterns: readonly string[]): string | undefined {
  const beginning = `/${partsOf(path).join('/')}/`;
  return patterns.find((pattern) => pattern.startsWith(beginning) && !pattern.includes('*'));
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

const isVariable = (part: string): boolean => part.startsWith('{');

/** How many letters an address differs by from a route's; infinitely many if it has another number of parts. */
function slips(parts: readonly string[], own: readonly string[]): number {
  if (parts.length !== own.length || parts.length === 0) return Infinity;
  return own.reduce((sum, part, place) => sum + slipsOfPart(parts[place] ?? '', part), 0);
}

function slipsOfPart(given: string, part: string): number {
  if (isVariable(part)) return 0;
  if (given.length > LONGEST) return Infinity;
  return leven(given.toLowerCase(), part, { maxDistance: SLIPS + 1 });
}
