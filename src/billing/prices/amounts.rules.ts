/** What units cost and are charged, pure. Amounts are micros of the list's currency. */
import { rounded } from './money.js';
import type { Tiers } from './price-book.js';
import type { ListedPrice } from './price-line.js';

/** The units of one message, after those that the tenant has used this month on the same channel and direction. */
export interface Units {
  readonly used: number;
  readonly units: number;
}

/** What units of a plan are charged by. */
export interface Tariff {
  readonly tiers: Tiers;
  /** What the same units cost; needed where a tier is a markup. */
  readonly cost: Tiers | undefined;
  /** Units of a month that are free of charge: the first ones. */
  readonly included: number;
}

/** Ten-thousandths of a micro, so that a percentage of a micro is whole. */
const PARTS = 10_000n;

/** The tier of the nth unit of a month. */
export function tierOf(tiers: Tiers, nth: number): ListedPrice {
  return tiers.findLast(({ fromUnit }) => fromUnit <= nth) ?? tiers[0];
}

/** Exact: nothing is rounded. A line that is no price costs nothing by itself. */
export function costOf(tiers: Tiers, units: Units): bigint {
  return sumOf(units, startsOf(tiers), (nth) => unitCost(tierOf(tiers, nth)));
}

/** Rounded once, over all units. A credit is its negation. Raises an Error for a markup without a cost. */
export function chargeOf({ tiers, cost, included }: Tariff, units: Units): bigint {
  const starts = [...startsOf(tiers), ...(cost ? startsOf(cost) : []), included + 1];
  const parts = sumOf(units, starts, (nth) => {
    if (nth <= included) return 0n;
    const { rate } = tierOf(tiers, nth);
    return rate.kind === 'markup' ? markedUp(rate, cost && tierOf(cost, nth)) : unitCost(tierOf(tiers, nth)) * PARTS;
  });
  return rounded(parts, PARTS);
}

/**
 * What units are charged whose provider has said what it takes for all of them: a markup is then on that, each unit having an equal
 * part. Rounded once. Raises an Error for no units.
 */
export function finalChargeOf({ tiers, included }: Omit<Tariff, 'cost'>, units: Units, cost: bigint): bigint {
  const all = BigInt(units.units);
  const parts = sumOf(units, [...startsOf(tiers), included + 1], (nth) => {
    if (nth <= included) return 0n;
    const { rate } = tierOf(tiers, nth);
    if (rate.kind !== 'markup') return unitCost(tierOf(tiers, nth)) * PARTS * all;
    return cost * (PARTS + rate.basisPoints) + rate.fixed * PARTS * all;
  });
  return rounded(parts, PARTS * all);
}

/** How many of the units are free of charge. */
export const freeOf = (included: number, { used, units }: Units): number =>
  Math.min(units, Math.max(0, included - used));

/** The lines that price the units, in the order in which they begin to. */
export function linesOf(tiers: Tiers, units: Units): ListedPrice[] {
  return stretches(units, startsOf(tiers)).map(({ first }) => tierOf(tiers, first));
}

/** Only costs have no markup: they are prices. */
const unitCost = ({ rate }: ListedPrice): bigint => (rate.kind === 'price' ? rate.price + rate.carrierFee : 0n);

function markedUp(
  { basisPoints, fixed }: { readonly basisPoints: bigint; readonly fixed: bigint },
  cost: ListedPrice | undefined,
): bigint {
  if (!cost) throw new Error('A markup has nothing to stand on without a cost');
  return unitCost(cost) * (PARTS + basisPoints) + fixed * PARTS;
}

const startsOf = (tiers: Tiers): number[] => tiers.map(({ fromUnit }) => fromUnit);

/** The sum over units that are priced alike within each stretch. */
function sumOf(units: Units, starts: readonly number[], ofUnit: (nth: number) => bigint): bigint {
  return stretches(units, starts).reduce((sum, { first, length }) => sum + ofUnit(first) * BigInt(length), 0n);
}

/** The units, cut where a tier starts: `first` is a unit's number in the month. */
function stretches({ used, units }: Units, starts: readonly number[]): { first: number; length: number }[] {
  const end = used + units + 1;
  const within = starts.filter((start) => start > used + 1 && start < end);
  const cuts = [...new Set([used + 1, ...within])].toSorted((one, other) => one - other);
  return cuts.map((first, index) => ({ first, length: (cuts[index + 1] ?? end) - first }));
}
