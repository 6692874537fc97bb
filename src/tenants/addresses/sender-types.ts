/** Kinds of senders of texts and calls, as carriers and providers price them. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { SHORT_CODE } from './addresses.js';

export const SENDER_TYPES = ['long_code', 'mobile', 'toll_free', 'short_code', 'alphanumeric'] as const;
export type SenderType = (typeof SENDER_TYPES)[number];

const POOL = /^MG[0-9a-f]{32}$/;

/**
 * The kind of a sender's address; null for a pool of numbers, of which the provider chooses one. In North America, where no plan
 * tells mobile numbers apart, all but toll-free ones are long codes.
 */
export function senderTypeOf(address: string): SenderType | null {
  if (POOL.test(address)) return null;
  if (SHORT_CODE.test(address)) return 'short_code';
  if (!address.startsWith('+')) return 'alphanumeric';
  const type = parsePhoneNumberFromString(address)?.getType();
  if (type === 'TOLL_FREE') return 'toll_free';
  return type === 'MOBILE' ? 'mobile' : 'long_code';
}
