/** What a provider's own price changes about a message's amounts, pure. */
import { finalChargeOf } from '../prices/amounts.rules.js';
import type { ListedPrice } from '../prices/price-line.js';
import type { Basis, NewAmount } from './amount-store.js';

/** A message's present amounts. Micros are text, as the database writes them. */
export interface Present {
  /** By which it was estimated. */
  readonly basis: Basis;
  readonly first_unit: number;
  readonly units: number;
  readonly included: number;
  /** Costs by currency. */
  readonly costs: Readonly<Record<string, string>>;
  readonly charge_micros: string;
  /** 1 while no cost is known. */
  readonly without_cost: number;
}

export interface ProviderPrice {
  readonly price_micros: string;
  readonly price_currency: string;
}

export type Correction = Omit<
  NewAmount,
  'tenant_id' | 'scope_id' | 'day' | 'period' | 'message_ids' | 'root_campaign_id'
>;

/**
 * The differences to the provider's price; none if it is what was known, or if it is the tenant who pays the provider. A charge
 * follows it where it is a markup (`lines`, those of the plan that were used) in the same currency.
 */
export function correctionsOf(present: Present, price: ProviderPrice, lines: readonly ListedPrice[]): Correction[] {
  if (present.basis.cost_unknown === 'own_account') return [];
  const { price_currency: currency } = price;
  const others = Object.entries(present.costs).filter(([other, micros]) => other !== currency && micros !== '0');
  const reversals = others.map(([other, micros]) => differenceOf(present, { currency: other, cost: -BigInt(micros) }));
  const final = differenceOf(present, {
    currency,
    cost: BigInt(price.price_micros) - BigInt(present.costs[currency] ?? 0),
    charge: finalCharge(present, price, lines) - BigInt(present.charge_micros),
    without_cost: -present.without_cost,
  });
  const isNew = final.cost_micros !== '0' || final.charge_micros !== '0' || present.without_cost !== 0;
  return [...reversals, ...(isNew ? [final] : [])];
}

function finalCharge(present: Present, price: ProviderPrice, lines: readonly ListedPrice[]): bigint {
  const charged = BigInt(present.charge_micros);
  const [first, ...more] = lines
    .filter(({ rate }) => rate.kind !== 'allowance')
    .toSorted((one, other) => one.fromUnit - other.fromUnit);
  const isMarkup = [first, ...more].some((line) => line?.rate.kind === 'markup');
  if (!first || !isMarkup || present.units === 0 || price.price_currency !== present.basis.charge_currency)
    return charged;
  const used = present.first_unit - 1;
  return finalChargeOf(
    { tiers: [first, ...more], included: used + present.included },
    { used, units: present.units },
    BigInt(price.price_micros),
  );
}

function differenceOf(
  { basis, first_unit }: Present,
  {
    currency,
    cost,
    charge = 0n,
    without_cost = 0,
  }: { readonly currency: string; readonly cost: bigint; readonly charge?: bigint; readonly without_cost?: number },
): Correction {
  return {
    kind: 'final',
    basis: {
      ...basis,
      cost_version_id: null,
      cost_lines: [],
      cost_currency: currency,
      // What was counted under a reason is taken away under it.
      cost_unknown: without_cost === 0 ? null : basis.cost_unknown,
    },
    first_unit,
    units: 0,
    included: 0,
    cost_micros: String(cost),
    charge_micros: String(charge),
    without_cost,
    without_charge: 0,
  };
}
