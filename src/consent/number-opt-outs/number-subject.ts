/** A person and the number of ours they opted out of, as people write them. */
import { checking } from '../../kernel/index.js';
import { consentChannel, normaliseAddress, normaliseSenderAddress } from '../../tenants/index.js';
import type { NumberChannel } from './number-opt-outs.dto.js';

export interface NumberSubject {
  readonly channel: NumberChannel;
  readonly number: string;
  readonly address: string;
}

/** A raw + in a query string reads as a space. */
const withPlus = (text: string): string => text.replace(/^ /, '+');

/** Ours, normalised; it may be a short code. Raises InvalidAddress. */
export const ourNumber = (text: string): string =>
  checking('number', () => normaliseSenderAddress('sms', withPlus(text)));

/** Theirs, normalised; no tenant's country is known, so it needs a country code. Raises InvalidAddress. */
export const theirNumber = (text: string): string => normaliseAddress('sms', withPlus(text));

/** Raises InvalidAddress. */
export const numberSubject = (number: string, address: string, channel: NumberChannel = 'sms'): NumberSubject => ({
  channel: consentChannel(channel),
  number: ourNumber(number),
  address: theirNumber(address),
});
