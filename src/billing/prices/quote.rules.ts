/** What a message costs us and what its tenant is charged, pure; or why no price is known, which is never zero. */
import { chargeOf, costOf, freeOf, linesOf, type Tariff } from './amounts.rules.js';
import type { PriceBook, PriceQuery, Tiers } from './price-book.js';
import { UNITS_OF, type PricedChannel, type PriceUnit } from './price-line.js';

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
  /** Units of each kind that the tenant has used before, this month on the same channel and direction. */
  readonly used: Readonly<Record<PriceUnit, number>>;
}

/**
 * `no_list`: there is none for the provider or the plan, or none is valid yet. `no_line`: the list has none that fits. Of charges
 * also `no_cost`: it is a markup, and the cost is not known; `currency_differs`: the cost is in another currency than the plan;
 * `unit_differs`: the plan includes units of another kind than the cost has. Of costs also `own_account`: the tenant pays its
 * provider itself.
 */
export const UNKNOWN_REASONS = [
  'no_list',
  'no_line',
  'no_cost',
  'currency_differs',
  'unit_differs',
  'own_account',
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** An amount with what it was made of. */
export interface KnownAmount {
  readonly micros: bigint;
  readonly unit: PriceUnit;
  /** Which of the tenant's month the first unit is. */
  readonly firstUnit: number;
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

/** The lists that price a message; undefined where there is none. */
export interface Lists {
  /** `own_account`: the tenant pays the provider itself, so it costs us nothing. */
  readonly cost: LoadedPrices | 'own_account' | undefined;
  readonly plan: LoadedPrices | undefined;
}

/** Prices a message by the lists that are valid at its time. */
export function priceMessage(lists: Lists, query: PriceQuery, quantities: Quantities): PricedMessage {
  const costs = costTiers(lists, query);
  return {
    cost: lists.cost === 'own_account' ? OWN_ACCOUNT : costAmount(lists.cost, costs, quantities),
    charge: chargeAmount(lists, query, quantities),
  };
}

/**
 * How many such messages, this one first, have the same price one after the other: until a tier begins, or what is included comes to its
 * end. At least one, as a message may be priced by two tiers; Infinity where that never changes.
 */
export function alikeOf(lists: Lists, query: PriceQuery, { used, ...quantities }: Quantities): number {
  const plan = lists.plan?.book;
  const costs = costTiers(lists, query);
  const charges = plan?.priceOf(query);
  const allowance = plan?.allowanceOf(query)?.rate;
  const untilUnit = (unit: PriceUnit | undefined, last: number): number => {
    if (unit === undefined || used[unit] >= last || quantities[unit] === 0) return Infinity;
    return Math.max(1, Math.floor((last - used[unit]) / quantities[unit]));
  };
  return Math.min(
    ...(costs ?? []).map(({ fromUnit }) => untilUnit(unitOf(costs), fromUnit - 1)),
    ...(charges ?? []).map(({ fromUnit }) => untilUnit(unitOf(charges) ?? unitOf(costs), fromUnit - 1)),
    allowance?.kind === 'allowance' ? untilUnit(allowance.unit, allowance.included) : Infinity,
  );
}

/** Whether another such message, after this one, has the same price: no tier begins, and nothing included comes to its end. */
export const isFlat = (lists: Lists, query: PriceQuery, quantities: Quantities): boolean =>
  alikeOf(lists, query, quantities) === Infinity;

/** By what a message is charged, with what it would cost by the lists; or why that is not known. */
export function tariffOf(
  lists: Lists,
  query: PriceQuery,
): (Tariff & { readonly unit: PriceUnit; readonly plan: LoadedPrices }) | { readonly unknown: UnknownReason } {
  const { plan } = lists;
  if (!plan) return { unknown: 'no_list' };
  const tiers = plan.book.priceOf(query);
  if (!tiers) return { unknown: 'no_line' };
  const cost = costTiers(lists, query);
  const isMarkup = tiers[0].rate.kind === 'markup';
  const unit = unitOf(isMarkup ? cost : tiers);
  if (!unit) return { unknown: 'no_cost' };
  if (isMarkup && currencyOf(lists.cost, plan) !== plan.currency) return { unknown: 'currency_differs' };
  const rate = plan.book.allowanceOf(query)?.rate;
  if (rate?.kind === 'allowance' && rate.unit !== unit) return { unknown: 'unit_differs' };
  return { tiers, cost, included: rate?.kind === 'allowance' ? rate.included : 0, unit, plan };
}

const OWN_ACCOUNT = { unknown: 'own_account' } as const;

const currencyOf = (cost: Lists['cost'], plan: LoadedPrices): string | undefined =>
  cost === 'own_account' ? plan.currency : cost?.currency;

/** What the units cost by the list. At an account of the tenant's own nothing, by the channel's first unit. */
function costTiers({ cost }: Lists, query: PriceQuery): Tiers | undefined {
  return cost === 'own_account' ? nothing(query) : cost?.book.priceOf(query);
}

const nothing = (query: PriceQuery): Tiers => [
  {
    ...query,
    prefix: null,
    fromUnit: 1,
    validFrom: null,
    place: 0,
    rate: { ...FREE, unit: firstUnitOf(query.channel) },
  },
];
const FREE = { kind: 'price', price: 0n, carrierFee: 0n } as const;

function firstUnitOf(channel: PricedChannel): PriceUnit {
  const [first = 'message'] = UNITS_OF[channel];
  return first;
}

function costAmount(prices: LoadedPrices | undefined, tiers: Tiers | undefined, quantities: Quantities): Amount {
  if (!prices) return { unknown: 'no_list' };
  const unit = tiers && unitOf(tiers);
  if (!unit) return { unknown: 'no_line' };
  const counted = { used: quantities.used[unit], units: quantities[unit] };
  return {
    micros: costOf(tiers, counted),
    unit,
    firstUnit: counted.used + 1,
    units: counted.units,
    included: 0,
    lines: linesOf(tiers, counted).map(({ place }) => place),
    prices,
  };
}

function chargeAmount(lists: Lists, query: PriceQuery, quantities: Quantities): Amount {
  const tariff = tariffOf(lists, query);
  if ('unknown' in tariff) return tariff;
  const { tiers, unit, plan } = tariff;
  const counted = { used: quantities.used[unit], units: quantities[unit] };
  const free = freeOf(tariff.included, counted);
  const charged = { used: counted.used + free, units: counted.units - free };
  const paid = charged.units > 0 ? linesOf(tiers, charged) : [];
  const allowance = free > 0 ? plan.book.allowanceOf(query) : undefined;
  return {
    micros: chargeOf(tariff, counted),
    unit,
    firstUnit: counted.used + 1,
    units: counted.units,
    included: free,
    lines: [...(allowance ? [allowance] : []), ...paid].map(({ place }) => place),
    prices: plan,
  };
}

/** What the tiers of a price are counted by; a markup says nothing of it. */
function unitOf(tiers: Tiers | undefined): PriceUnit | undefined {
  const rate = tiers?.[0].rate;
  return rate?.kind === 'price' ? rate.unit : undefined;
}
