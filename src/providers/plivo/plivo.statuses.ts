/** Plivo's message states, and what they mean here. */
import type { DeliveryStatus, Price, ProviderEvent } from '../provider.events.js';
import { priceKey, readPrice } from '../provider.records.js';
import { PLIVO_CODES, saysDeadNumber, saysOptedOut } from './plivo.errors.js';

/** States with an effect; `queued` only means that Plivo has it. */
export const DELIVERY_STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['rejected', 'failed'],
]);

/** Plivo's report about a message, or about one part of a long one, in a callback or when polled. */
interface Said {
  /** Of the part. */
  readonly uuid: string;
  /** Of the whole message. */
  readonly messageUuid: string;
  readonly word: string;
  /** Ours, if known. */
  readonly messageId: string | undefined;
  readonly to: string;
  readonly code: string | undefined;
  /** Of the whole message. */
  readonly price: Price | undefined;
}

/** The same event, under the same key, however Plivo has reported it; another one where it says another price. */
export function plivoStatus({ uuid, messageUuid, word, messageId, to, code, price }: Said): ProviderEvent {
  // What has to be looked up has a key of its own: if that comes too early, it must not stand in for the one with our id.
  const dedupeKey = `${uuid}:${word}${messageId ? '' : ':looked-up'}${priceKey(price)}`;
  const status = DELIVERY_STATUSES.get(word);
  if (!status) return { kind: 'ignored', dedupeKey, type: word };
  const failed = status === 'failed' || status === 'undelivered';
  const address = numberOf(to);
  const message = code === undefined ? undefined : PLIVO_CODES[code];
  return {
    kind: 'status',
    dedupeKey,
    providerMessageId: messageUuid,
    status,
    ...(messageId ? { messageId } : address ? { lookup: { providerMessageId: messageUuid, to: address } } : {}),
    ...(failed && code ? { code, ...(message === undefined ? {} : { message }) } : {}),
    ...(failed && address && saysDeadNumber(code) ? { suppress: { address, reason: 'invalid_address' } } : {}),
    ...(failed && saysOptedOut(code) ? { optedOut: true } : {}),
    ...(price ? { price } : {}),
  };
}

/** Plivo bills in this one, and names none. */
const CURRENCY = 'USD';

export const plivoPrice = (amount: string | undefined): Price | undefined => readPrice(amount, CURRENCY);

/** Plivo writes numbers without their plus; a short code or a name stays as it is. */
export const numberOf = (address: string): string => (/^\d{7,15}$/.test(address) ? `+${address}` : address);
