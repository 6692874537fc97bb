/** A version of a price list, compiled for lookups: pure, in memory, some million a second. */
import { scopeKey, sinceOf, type ListedPrice, type PriceScope } from './price-line.js';

/** What is to be priced. What is null is not known, and only a line for any of it fits. */
export interface PriceQuery extends Omit<PriceScope, 'prefix'> {
  /** The person's, as E.164. */
  readonly number: string | null;
  readonly at: Date;
}

/** The lines of one price, by their first units. */
export type Tiers = readonly [ListedPrice, ...ListedPrice[]];

/** All prices there have been for the same, the newest first. */
interface Priced {
  readonly scope: PriceScope;
  readonly dated: readonly { readonly since: number; readonly tiers: Tiers }[];
}

/** The prices of one channel and direction. */
interface Channel {
  /** By prefix, by country, and by an empty text for the rest of the world; of each the most specific first. */
  readonly byDestination: ReadonlyMap<string, readonly Priced[]>;
  /** The lengths of its prefixes, the longest first. */
  readonly lengths: readonly number[];
  readonly allowance: Priced | undefined;
}

export class PriceBook {
  private readonly channels: ReadonlyMap<string, Channel>;

  /** Takes lines of which no two are for the same, from the same time and unit. */
  constructor(lines: readonly ListedPrice[]) {
    const byChannel = Map.groupBy(lines, channelOf);
    this.channels = new Map([...byChannel].map(([channel, own]) => [channel, compiled(own)]));
  }

  /**
   * The price that holds for a query; undefined if there is none. Of those that fit and have begun, the one with the longest prefix
   * counts, then the one of the country; then the one of the sender type, of the category, of the provider; of what is then the
   * same, the newest.
   */
  priceOf(query: PriceQuery): Tiers | undefined {
    const channel = this.channels.get(channelOf(query));
    if (!channel) return undefined;
    const { number, country } = query;
    if (number !== null) {
      for (const length of channel.lengths) {
        const found = newest(channel.byDestination.get(number.slice(0, length)), query);
        if (found) return found;
      }
    }
    const national = country === null ? undefined : newest(channel.byDestination.get(country), query);
    return national ?? newest(channel.byDestination.get(''), query);
  }

  /** The units of a month that are free of charge on a channel and direction at a time; undefined if none are. */
  allowanceOf(query: Pick<PriceQuery, 'channel' | 'direction' | 'at'>): ListedPrice | undefined {
    const allowance = this.channels.get(channelOf(query))?.allowance;
    return allowance && datedAt(allowance, query.at.getTime())?.[0];
  }
}

const channelOf = ({ channel, direction }: Pick<PriceScope, 'channel' | 'direction'>): string =>
  `${channel} ${direction}`;

function compiled(lines: readonly ListedPrice[]): Channel {
  const priced = [...Map.groupBy(lines, scopeKey).values()].flatMap((same) => pricedOf(same) ?? []);
  const [allowances, prices] = [true, false].map((isAllowance) =>
    priced.filter(({ dated: [last] }) => (last?.tiers[0].rate.kind === 'allowance') === isAllowance),
  );
  const byDestination = Map.groupBy(prices ?? [], ({ scope }) => scope.prefix ?? scope.country ?? '');
  for (const group of byDestination.values()) group.sort((one, other) => weightOf(other) - weightOf(one));
  const prefixes = (prices ?? []).map(({ scope }) => scope.prefix?.length ?? 0).filter((length) => length > 0);
  const lengths = [...new Set(prefixes)].toSorted((one, other) => other - one);
  return { byDestination, lengths, allowance: allowances?.[0] };
}

function pricedOf(same: readonly ListedPrice[]): Priced | undefined {
  const [scope] = same;
  const dated = [...Map.groupBy(same, sinceOf)].flatMap(([since, lines]) => {
    const [first, ...others] = lines.toSorted((one, other) => one.fromUnit - other.fromUnit);
    return first ? [{ since, tiers: [first, ...others] as const }] : [];
  });
  return scope && { scope, dated: dated.toSorted((one, other) => (one.since < other.since ? 1 : -1)) };
}

/** Two that fit the same query have different weights, or are for the same. */
const weightOf = ({ scope: { senderType, category, provider } }: Priced): number =>
  Number(senderType !== null) * 4 + Number(category !== null) * 2 + Number(provider !== null);

function newest(group: readonly Priced[] | undefined, query: PriceQuery): Tiers | undefined {
  if (!group) return undefined;
  const at = query.at.getTime();
  for (const priced of group) {
    const tiers = fits(priced.scope, query) ? datedAt(priced, at) : undefined;
    if (tiers) return tiers;
  }
  return undefined;
}

const fits = ({ senderType, category, provider }: PriceScope, query: PriceQuery): boolean =>
  (senderType === null || senderType === query.senderType) &&
  (category === null || category === query.category) &&
  (provider === null || provider === query.provider);

const datedAt = ({ dated }: Priced, at: number): Tiers | undefined => dated.find(({ since }) => since <= at)?.tiers;
