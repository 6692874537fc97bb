/** Whose messages an estimate prices: all that were rendered, or, of a larger audience, what its sample tells of all who begin alike. */
import type { Foreseen, PriceAreas, Sending } from '../../billing/index.js';
import { countryOf } from '../../tenants/index.js';
import type { ResolvedChannel } from '../campaign-references.js';
import type { Weighed } from './audience-probe.js';

/** People who would be sent to and whose numbers begin alike, counted; all of a channel by email. */
export interface Region {
  /** How their numbers begin, and by which prefix they are priced; null where that decides nothing. */
  readonly start: string | null;
  readonly area: string | null;
  readonly people: number;
  /** One of their addresses. */
  readonly example: string;
}

/** Of calling codes, which have at most three digits, the first digits after them; of North America its area codes. */
const START = '+1415'.length;

/** SQL: by what people are counted apart, of an address; its parameters, from this place on, are the areas' `values`. */
export const regionOf = (address: string, areas: PriceAreas, first: number): { start: string; area: string } => ({
  start: `case when ${address} ^@ '+' then left(${address}, ${START}) end`,
  area: areas.sql(address, first),
});

export const sendingOf = ({ template, route }: Pick<ResolvedChannel, 'template' | 'route'>): Sending => ({
  provider: route.provider,
  providerAccountId: route.accountId,
  sender: route.address,
  templateVersionId: template.versionId,
});

/** What so many recipients would be sent. All were rendered, and each is its own row, by address; or those who were stand for the others. */
export function foreseenOf(
  by: Sending,
  weighed: readonly Weighed[],
  recipients: number,
  { regions, areas }: { readonly regions: readonly Region[]; readonly areas: PriceAreas },
): Foreseen[] {
  if (weighed.length === recipients) {
    return weighed.toSorted((one, other) => (one.address < other.address ? -1 : 1)).map((one) => alike(by, [one], 1));
  }
  const known = Map.groupBy(weighed, ({ address }) => keyOf(startOf(address), areas.of(address)));
  const shares = apportioned(
    recipients,
    regions.map(({ people }) => people),
  );
  return regions.flatMap(({ start, area, example }, place) => {
    const own =
      known.get(keyOf(start, area)) ??
      weighed.map((one) => ({ ...one, address: example, country: countryOf(example) }));
    const kinds = [
      ...Map.groupBy(own, ({ channel, country, segments }) => `${channel} ${country} ${segments}`).values(),
    ];
    const counts = apportioned(
      shares[place] ?? 0,
      kinds.map(({ length }) => length),
    );
    return kinds.map((kind, of) => alike(by, kind, counts[of] ?? 0));
  });
}

const startOf = (address: string): string | null => (address.startsWith('+') ? address.slice(0, START) : null);
const keyOf = (start: string | null, area: string | null): string => `${start} ${area}`;

function alike(by: Sending, [one]: readonly Weighed[], count: number): Foreseen {
  if (!one) throw new Error('a group has somebody');
  return { by, channel: one.channel, recipient: one.address, country: one.country, segments: one.segments, count };
}

/** A whole number in parts like these weights, which add up to it. */
export function apportioned(total: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let [seen, given] = [0, 0];
  return weights.map((weight) => {
    seen += weight;
    const until = Math.round((total * seen) / all);
    const part = until - given;
    given = until;
    return part;
  });
}
