/** What messages of one kind cost and are charged, one after the other, pure. */
import { senderTypeOf, type Channel, type ProviderName } from '../../tenants/index.js';
import { PRICE_UNITS, type PriceUnit } from '../prices/price-line.js';
import type { PriceQuery } from '../prices/price-book.js';
import { isFlat, priceMessage, tariffOf, type Amount, type Lists, type PricedMessage } from '../prices/quote.rules.js';
import type { FactGroup, Use } from '../usage/usage-facts.js';

/** How many units of each kind a tenant has used in a month, on a channel and direction. */
export type UsedUnits = Record<PriceUnit, number>;

/** Consecutive messages of a group with the same price: those from `start` on, `count` of them. */
export interface Run<Group = unknown> {
  readonly of: Group;
  readonly start: number;
  readonly count: number;
  readonly priced: PricedMessage;
  /** By the tenant, before the first of them. */
  readonly used: UsedUnits;
}

/** What a group of messages is priced by. */
export const queryOf = (
  { channel, direction, provider, country }: FactGroup,
  { area, sender, whatsapp }: Use,
  at: Date,
): PriceQuery => ({
  channel: channel as Channel,
  direction,
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

/** Messages to price, all alike. */
export interface Priceable {
  readonly lists: Lists;
  readonly query: PriceQuery;
  readonly use: Use;
}

/**
 * Prices messages of a tenant's month on one channel in the order of their ranks, and adds them to the units that are used: the first
 * units are those that are included, and tiers begin where they do.
 */
export function runsOf<Group extends Priceable>(groups: readonly Group[], used: UsedUnits): Run<Group>[] {
  const queues = groups.map((group) => new PricedGroup(group));
  for (let left = queues; left.length > 0; left = left.filter(({ isDone }) => !isDone)) {
    // Where no price depends on what was used before, the order does not matter.
    if (left.every((queue) => queue.isFlat(used))) left.forEach((queue) => queue.priceAll(used));
    else left.reduce((first, queue) => (queue.rank < first.rank ? queue : first)).priceOne(used);
  }
  return queues.flatMap(({ runs }) => runs);
}

/** A group of which some messages are priced. */
class PricedGroup<Group extends Priceable> {
  readonly runs: Run<Group>[] = [];
  private done = 0;

  constructor(private readonly group: Group) {}

  get isDone(): boolean {
    return this.done === this.group.use.messageIds.length;
  }

  /** Where its next message stands among all. */
  get rank(): number {
    return this.group.use.ranks[this.done] ?? Infinity;
  }

  isFlat(used: UsedUnits): boolean {
    return isFlat(this.group.lists, this.group.query, { ...unitsOf(this.group.use), used });
  }

  priceAll(used: UsedUnits): void {
    this.price(this.group.use.messageIds.length - this.done, used);
  }

  priceOne(used: UsedUnits): void {
    this.price(1, used);
  }

  private price(count: number, used: UsedUnits): void {
    const { lists, query, use } = this.group;
    const units = unitsOf(use);
    append(this.runs, {
      of: this.group,
      start: this.done,
      count,
      priced: priceMessage(lists, query, { ...units, used }),
      used: { ...used },
    });
    for (const unit of PRICE_UNITS) used[unit] += units[unit] * count;
    this.done += count;
  }
}

/** Consecutive messages with the same price, whose units follow each other, are one run. */
function append<Group>(runs: Run<Group>[], next: Run<Group>): void {
  const last = runs.at(-1);
  if (last && continues(last, next)) runs[runs.length - 1] = { ...last, count: last.count + next.count };
  else runs.push(next);
}

function continues({ priced: last, count, used }: Run, { priced: next, used: usedNext }: Run): boolean {
  if (used.message + count !== usedNext.message) return false;
  return (['cost', 'charge'] as const).every((side) => {
    const [one, other] = [last[side], next[side]];
    if ('unknown' in one || 'unknown' in other)
      return 'unknown' in one && 'unknown' in other && one.unknown === other.unknown;
    return (
      one.micros === other.micros &&
      one.included === other.included &&
      one.firstUnit + one.units * count === other.firstUnit &&
      one.lines.join() === other.lines.join()
    );
  });
}

export const isKnown = <Known extends Amount>(amount: Known): amount is Exclude<Known, { readonly unknown: unknown }> =>
  !('unknown' in amount);
