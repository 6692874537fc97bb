/** Which variant a recipient of a campaign is for: always the same, by a hash of both. */
import { createHash } from 'node:crypto';

/** Of the test group, in hundredths of a percent. */
const BUCKETS = 10_000;
/** Hex digits of the hash: 32 bits. */
const DIGITS = 8;

/** A variant's part of all recipients, in shares. */
export interface Part {
  readonly place: number;
  /** Its shares are from this one on, */
  readonly since: number;
  /** and below this one. */
  readonly until: number;
}

/** Parts of these shares, one after another. */
export function partsOf(shares: readonly number[]): Part[] {
  let since = 0;
  return shares.map((share, index) => {
    const part = { place: index + 1, since, until: since + share };
    since = part.until;
    return part;
  });
}

const HASH = (campaign: string, address: string): string => `md5(${campaign}::text || ${address})`;
const NUMBER = (digits: string): string => `('x' || ${digits})::bit(${DIGITS * 4})::bigint`;

/** SQL: whether a recipient is in the test group, of so many percent. */
export const isTested = (campaign: string, address: string, percent: string): string =>
  `${NUMBER(`left(${HASH(campaign, address)}, ${DIGITS})`)} % ${BUCKETS} < ${percent} * ${BUCKETS / 100}`;

/** SQL: the share, of so many in all, that a recipient falls on. Independent of the test group. */
export const shareOf = (campaign: string, address: string, total: string): string =>
  `${NUMBER(`right(${HASH(campaign, address)}, ${DIGITS})`)} % ${total}`;

/** SQL: whether a `contact` falls on a variant of a campaign that is known by its id. */
export function isOfVariant(campaignId: string, { since, until }: Part, total: number): string {
  const share = shareOf(`'${campaignId}'`, 'contact.address', String(total));
  return `${share} >= ${since} and ${share} < ${until}`;
}

/** The place of a recipient's variant, as `shareOf` says it. */
export function placeOf(campaignId: string, address: string, parts: readonly Part[]): number {
  const hash = createHash('md5').update(`${campaignId}${address}`).digest('hex');
  const share = Number.parseInt(hash.slice(-DIGITS), 16) % (parts.at(-1)?.until ?? 1);
  return parts.find(({ until }) => share < until)?.place ?? 1;
}
