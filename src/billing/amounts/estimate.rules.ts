/** What messages of one kind cost and are charged, one after the other, pure. */
import { senderTypeOf, type Channel, type ProviderName } from '../../tenants/index.js';
import type { PriceUnit } from '../prices/price-line.js';
import type { PriceQuery } from '../prices/price-book.js';
import { isFlat, priceMessage, tariffOf, type Amount, type Lists, type PricedMessage } from '../prices/quote.rules.js';
import type { FactGroup, Use } from '../usage/usage-facts.js';

/** How many units of each kind a tenant has used in a month, on a channel and direction. */
export type UsedUnits = Record<PriceUnit, number>;

/** Consecutive messages with the same price: those from `start` on, `count` of them. */
export interface Run {
  readonly start: number;
  readonly count: number;
  readonly priced: PricedMessage;
}

/** What a group of messages is priced by. */
export const queryOf = (
  { channel, provider, country }: FactGroup,
  { area, sender, whatsapp }: Use,
  at: Date,
): PriceQuery => ({
  channel: channel as Channel,
  direction: 'outbound',
  number: area,
  country,
  senderType: channel === 'email' || channel === 'whatsapp' || sender === '' ? null : senderTypeOf(sender),
  category: whatsapp,
  provider: provider as ProviderName,
  at,
});

/** Each message in every unit. A minute that has begun is a whole one. */
export function unitsOf({ segments, quantity }: Use): Readonly<Record<PriceUnit, number>> {
  return { message: 1, segment: segments, recipient: 1, minute: Math.ceil((quantity ?? 0) / 60), number_month: 0 };
}

/** Whether the price of such a call is by its length. */
export function isByLength(lists: Lists, query: PriceQuery): boolean {
  const tariff = tariffOf(lists, query);
  const cost = lists.cost === 'own_account' ? undefined : lists.cost?.book.priceOf(query)?.[0].rate;
  return ('unit' in tariff && tariff.unit === 'minute') || (cost?.kind === 'price' && cost.unit === 'minute');
}

/** Prices so many messages and adds them to the units that are used. */
export function runsOf(lists: Lists, query: PriceQuery, use: Use, used: UsedUnits): Run[] {
  const units = unitsOf(use);
  const all = use.messageIds.length;
  const runs: Run[] = [];
  for (let start = 0; start < all;) {
    const quantities = { ...units, used };
    const count = isFlat(lists, query, quantities) ? all - start : 1;
    runs.push({ start, count, priced: priceMessage(lists, query, quantities) });
    for (const unit of Object.keys(units) as PriceUnit[]) used[unit] += units[unit] * count;
    start += count;
  }
  return runs;
}

export const isKnown = <Known extends Amount>(amount: Known): amount is Exclude<Known, { readonly unknown: unknown }> =>
  !('unknown' in amount);
