/** The phone numbers that simulated providers have for sale: no number is at two of them. */
import type { ProviderName } from '../providers/index.js';

interface Block {
  /** The beginning of its numbers. */
  readonly prefix: string;
  /** How many digits follow. */
  readonly digits: number;
}

const block = (prefix: string, digits: number): Block => ({ prefix, digits });

/** By country and type. */
const BLOCKS: Readonly<Record<string, Readonly<Record<string, Block>>>> = {
  US: { local: block('+1415555', 4), 'toll-free': block('+1833555', 4) },
  CA: { local: block('+1416555', 4), 'toll-free': block('+1833556', 4) },
  GB: { local: block('+44207946', 4), mobile: block('+4477009', 5) },
  DE: { mobile: block('+49157359', 5) },
  AU: { mobile: block('+61491570', 3) },
};
/** The providers that sell, each of which has its share of a block. */
const SELLERS: readonly ProviderName[] = ['twilio', 'plivo'];
/** Numbers that are listed, and bought by somebody else at that moment. */
const CONTESTED = /^\+1533\d+0$/;

/** Whether the country has numbers of this type. */
export const isSold = (country: string, type: string): boolean => BLOCKS[country]?.[type] !== undefined;

export interface Wish {
  readonly country: string;
  readonly type: string;
  /** Of North America, for local numbers. */
  readonly areaCode: string | undefined;
  readonly isFree: (number: string) => boolean;
  readonly most: number;
}

/** Those of a seller, in order; none where the country has none. */
export function forSale(seller: ProviderName, { country, type, areaCode, isFree, most }: Wish): string[] {
  const found = BLOCKS[country]?.[type];
  if (found === undefined) return [];
  const prefix = areaCode === undefined || type !== 'local' ? found.prefix : `+1${areaCode}555`;
  const share = 10 ** found.digits / SELLERS.length;
  const first = share * SELLERS.indexOf(seller);
  const numbers: string[] = [];
  for (let n = first; n < first + share && numbers.length < most; n += 1) {
    const number = prefix + String(n).padStart(found.digits, '0');
    if (isFree(number)) numbers.push(number);
  }
  return numbers;
}

/** Whether somebody else buys it first. */
export const isContested = (number: string): boolean => CONTESTED.test(number);
