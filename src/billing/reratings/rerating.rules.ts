/** What becomes of an amount without a price, once there is one: pure. */
import type { Basis, NewAmount } from '../amounts/amount-store.js';
import { isKnown, unitsOf, type UsedUnits } from '../amounts/estimate.rules.js';
import { amountsOf } from '../amounts/estimates.js';
import type { PriceQuery } from '../prices/price-book.js';
import { priceMessage, type Lists } from '../prices/quote.rules.js';
import type { Use } from '../usage/usage-facts.js';

/** The last estimate of a message, of which a price is not known. Micros are text, as the database writes them. */
export interface Unpriced {
  readonly message_id: string;
  readonly tenant_id: string;
  readonly scope_id: number;
  readonly day: string;
  readonly basis: Basis;
  readonly first_unit: number;
  readonly units: number;
  readonly included: number;
  readonly cost_micros: string;
  readonly charge_micros: string;
  /** 1 while none is known; 0 also where its provider has told the cost since. */
  readonly without_cost: number;
  readonly without_charge: number;
  /** What the tenant had used of the month before it. */
  readonly used_messages: number;
  readonly used_segments: number;
  readonly used_minutes: number;
}

/** By what it is priced now. A price that it has is in the lists by which it was made. */
export interface Pricing {
  readonly lists: Lists;
  readonly query: PriceQuery;
  readonly use: Use;
  /** Of messages that follow those of a campaign, and are none of its own. */
  readonly root_campaign_id: string | null;
}

/**
 * The estimate taken back, and the one that takes its place; none while no more is known than before. Its units are those that the
 * message had in its month: included units and tiers are as if the price had always been there.
 */
export function reratingOf(unpriced: Unpriced, { lists, query, use }: Pricing): Omit<NewAmount, 'period'>[] {
  const used = usedBefore(unpriced);
  const priced = priceMessage(lists, query, { ...unitsOf(use), used });
  const isCostNew = unpriced.without_cost > 0 && isKnown(priced.cost);
  const isChargeNew = unpriced.without_charge > 0 && isKnown(priced.charge);
  if (!isCostNew && !isChargeNew) return [];
  const { tenant_id, scope_id, day, message_id } = unpriced;
  const same = { tenant_id, scope_id, day, message_ids: [message_id] };
  const now = amountsOf(priced, use, used);
  return [
    { ...same, ...reversalOf(unpriced), kind: 'reversed' },
    { ...same, ...now, kind: 'rerated', without_cost: Math.min(unpriced.without_cost, now.without_cost) },
  ];
}

const usedBefore = ({ used_messages: message, used_segments: segment, used_minutes: minute }: Unpriced): UsedUnits => ({
  message,
  segment,
  recipient: message,
  minute,
  number_month: 0,
});

type Reversal = Omit<NewAmount, 'tenant_id' | 'scope_id' | 'kind' | 'day' | 'period' | 'message_ids'>;

const reversalOf = ({ basis, first_unit, ...unpriced }: Unpriced): Reversal => ({
  basis,
  first_unit,
  units: -unpriced.units,
  included: -unpriced.included,
  cost_micros: String(-BigInt(unpriced.cost_micros)),
  charge_micros: String(-BigInt(unpriced.charge_micros)),
  without_cost: -unpriced.without_cost,
  without_charge: -unpriced.without_charge,
});
