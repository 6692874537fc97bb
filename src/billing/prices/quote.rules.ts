/** What a message costs us and what its tenant is charged, pure; or why no price is known, which is never zero. */
import { chargeOf, costOf, freeOf, linesOf } from './amounts.rules.js';
import type { PriceBook, PriceQuery, Tiers } from './price-book.js';
import type { PriceUnit } from './price-line.js';

/** A version of a list, ready for lookups. */
export interface LoadedPrices {
  readonly versionId: string;
  readonly version: number;
  /** The provider or the plan. */
  readonly name: string;
  readonly currency: string;
  readonly book: PriceBook;
}

/** What is sent, in every unit that it could be priced by. */
export interface Quantities extends Readonly<Record<PriceUnit, number>> {
  /** Units that the tenant has used before, this month on the same channel and direction. */
  readonly used: number;
}

/**
 * `no_list`: there is none for the provider or the plan, or none is valid yet. `no_line`: the list has none that fits. Of charges
 * also `no_cost`: it is a markup, and the cost is not known; `currency_differs`: the cost is in another currency than the plan;
 * `unit_differs`: the plan includes units of another kind than the cost has.
 */
export const UNKNOWN_REASONS = ['no_list', 'no_line', 'no_cost', 'currency_differs', 'unit_differs'] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** An amount with what it was made of. */
export interface KnownAmount {
  readonly micros: bigint;
  readonly unit: PriceUnit;
  readonly units: number;
  /** Of the units, those that the plan includes. */
  readonly included: number;
  /** The places of the lines that were used, in the version. */
  readonly lines: readonly number[];
  readonly prices: LoadedPrices;
}

export type Amount = KnownAmount | { readonly unknown: UnknownReason };

export interface PricedMessage {
  readonly cost: Amount;
  readonly charge: Amount;
}

/** Prices a message by the lists that are valid at its time; undefined where there is none. */
export function priceMessage(
  lists: { readonly cost: LoadedPrices | undefined; readonly plan: LoadedPrices | undefined },
  query: PriceQuery,
  quantities: Quantities,
): PricedMessage {
  const costs = lists.cost?.book.priceOf(query);
  return {
    cost: costAmount(lists.cost, costs, quantities),
    charge: chargeAmount(lists, costs, query, quantities),
  };
}

function costAmount(prices: LoadedPrices | undefined, tiers: Tiers | undefined, quantities: Quantities): Amount {
  if (!prices) return { unknown: 'no_list' };
  const unit = tiers && unitOf(tiers);
  if (!unit) return { unknown: 'no_line' };
  const counted = { used: quantities.used, units: quantities[unit] };
  return {
    micros: costOf(tiers, counted),
    unit,
    units: counted.units,
    included: 0,
    lines: linesOf(tiers, counted).map(({ place }) => place),
    prices,
  };
}

function chargeAmount(
  { plan, cost: costList }: { readonly cost: LoadedPrices | undefined; readonly plan: LoadedPrices | undefined },
  cost: Tiers | undefined,
  query: PriceQuery,
  quantities: Quantities,
): Amount {
  if (!plan) return { unknown: 'no_list' };
  const tiers = plan.book.priceOf(query);
  if (!tiers) return { unknown: 'no_line' };
  const isMarkup = tiers[0].rate.kind === 'markup';
  const unit = unitOf(isMarkup ? cost : tiers);
  if (!unit) return { unknown: 'no_cost' };
  if (isMarkup && costList?.currency !== plan.currency) return { unknown: 'currency_differs' };
  const allowance = plan.book.allowanceOf(query);
  const rate = allowance?.rate.kind === 'allowance' ? allowance.rate : undefined;
  if (rate && rate.unit !== unit) return { unknown: 'unit_differs' };
  const included = rate?.included ?? 0;
  const counted = { used: quantities.used, units: quantities[unit] };
  const free = freeOf(included, counted);
  const charged = { used: counted.used + free, units: counted.units - free };
  const paid = charged.units > 0 ? linesOf(tiers, charged) : [];
  return {
    micros: chargeOf({ tiers, cost, included }, counted),
    unit,
    units: counted.units,
    included: free,
    lines: [...(free > 0 && allowance ? [allowance] : []), ...paid].map(({ place }) => place),
    prices: plan,
  };
}

/** What the tiers of a price are counted by; a markup says nothing of it. */
function unitOf(tiers: Tiers | undefined): PriceUnit | undefined {
  const rate = tiers?.[0].rate;
  return rate?.kind === 'price' ? rate.unit : undefined;
}
