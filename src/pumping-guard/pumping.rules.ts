/** What looks like SMS pumping: many numbers that were never written to, side by side or in a country that is costly and unusual. Pure. */
import type { PumpingReason } from '../consent/index.js';

/** Numbers that begin alike, all but their last four digits, and how many of them a tenant wrote to for the first time. */
export interface RangeCount {
  /** E.164: the start of the numbers. */
  readonly prefix: string;
  readonly numbers: number;
}

/** Ranges that are judged together: of one country or, where several share a calling code, of one area of it. */
export interface Area {
  /** Of all its ranges. */
  readonly prefix: string;
  readonly ranges: readonly RangeCount[];
}

/** What is known of the tenant's business in the country of an area. */
export interface Market {
  /** The tenant says so itself: by its settings, or by a number of its own there. */
  readonly isHome: boolean;
  /** Messages of its busiest day lately. */
  readonly usual: number;
  /** What a text there costs, as a multiple of one at home; null where that is not known. */
  readonly priceRatio: number | null;
}

export interface Suspicion {
  readonly prefix: string;
  readonly reason: PumpingReason;
}

/** So much more than a range elsewhere in its area has on average. People who buy tickets are spread over all ranges of their country. */
const CROWDED = 10;
/** Ranges of ten thousand numbers, and of a hundred thousand: pumped numbers are rented by such blocks. */
const CUTS = [0, 1] as const;
/** A range is named by a narrower one that has so much of it. */
const MOST = 0.8;
/** A price that makes it worth while. */
const COSTLY = 2;
/** Of the busiest day: more than this within the minutes of a look is none of the usual business. */
const SHARE_OF_DAY = 0.25;

/**
 * What to suspect in an area, of numbers within the last minutes. First ranges that are crowded, wherever they are; then the whole area, where it is neither home nor
 * cheap, and has far more than is usual beside those. `least` numbers at least: fewer are nobody's business.
 */
export function suspicionsIn({ prefix, ranges }: Area, market: Market, least: number): Suspicion[] {
  const crowded = crowdedIn(prefix, ranges, least);
  const isIn = (range: RangeCount): boolean => crowded.some((found) => range.prefix.startsWith(found));
  const left = sum(ranges.filter((range) => !isIn(range)));
  const suspicions = crowded.map((found): Suspicion => ({ prefix: found, reason: 'adjacent_numbers' }));
  return left >= least && isUnusual(market, left) ? [...suspicions, { prefix, reason: 'costly_country' }] : suspicions;
}

const isUnusual = ({ isHome, usual, priceRatio }: Market, numbers: number): boolean =>
  !isHome && (priceRatio === null || priceRatio >= COSTLY) && numbers > usual * SHARE_OF_DAY;

/** One after the other, the most crowded first: what is found hides nothing else. */
function crowdedIn(area: string, ranges: readonly RangeCount[], least: number): string[] {
  const found = mostCrowded(area, ranges, least);
  if (found === undefined) return [];
  const others = ranges.filter(({ prefix }) => !prefix.startsWith(found));
  return [found, ...crowdedIn(area, others, least)];
}

function mostCrowded(area: string, ranges: readonly RangeCount[], least: number): string | undefined {
  const crowded = CUTS.flatMap((cut) => {
    const blocks = blocksOf(area, ranges, cut);
    const all = sum(blocks);
    return blocks.filter(({ numbers }) => {
      const others = blocks.length > 1 ? (all - numbers) / (blocks.length - 1) : 0;
      return numbers >= least && numbers >= CROWDED * Math.max(1, others);
    });
  });
  const [widest] = crowded.toSorted((one, other) => other.numbers - one.numbers || byName(one, other));
  if (!widest) return undefined;
  const inside = crowded.filter(
    ({ prefix, numbers }) => prefix.startsWith(widest.prefix) && numbers >= MOST * widest.numbers,
  );
  return inside.toSorted((one, other) => other.prefix.length - one.prefix.length || byName(one, other))[0]?.prefix;
}

/** Never the whole area. */
const blocksOf = (area: string, ranges: readonly RangeCount[], cut: number): RangeCount[] =>
  [...Map.groupBy(ranges, ({ prefix }) => prefix.slice(0, Math.max(area.length + 1, prefix.length - cut)))].map(
    ([prefix, same]) => ({ prefix, numbers: sum(same) }),
  );

const sum = (ranges: readonly RangeCount[]): number => ranges.reduce((all, { numbers }) => all + numbers, 0);
const byName = (one: RangeCount, other: RangeCount): number => (one.prefix < other.prefix ? -1 : 1);

const FIRST_HOLD_MINUTES = 60;
const LONGEST_HOLD_MINUTES = 24 * 60;

/** For how long a range stays suspected after the last look that found it so: twice as long each time that it comes back. */
export const holdMinutes = (timesBefore: number): number =>
  Math.min(LONGEST_HOLD_MINUTES, FIRST_HOLD_MINUTES * 2 ** Math.min(timesBefore, 10));
