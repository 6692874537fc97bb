/** Twilio's message statuses, and what they mean here. */
import type { DeliveryStatus, Price, ProviderEvent } from '../provider.events.js';
import { priceKey, readPrice } from '../provider.records.js';
import { saysDeadNumber, saysOptedOut } from './twilio.errors.js';
import { wordsOf } from './twilio.words.js';

/** Statuses with an effect; queued, accepted, scheduled and sending only mean that Twilio has it. */
export const DELIVERY_STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

/** Twilio's report about a message, in a callback or when polled. */
interface Said {
  readonly sid: string;
  readonly word: string;
  /** Ours, if known. */
  readonly messageId: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly code: string | undefined;
  /** Rarely given: `wordsOf` tells what the code means. */
  readonly message: string | undefined;
  /** Never in a callback. */
  readonly price?: Price | undefined;
}

/** The same event, under the same key, however Twilio has reported it; another one where it says the price. */
export function twilioStatus({ sid, word, messageId, from, to, code: reported, message, price }: Said): ProviderEvent {
  // What has to be looked up has a key of its own: if that comes too early, it must not stand in for the one with our id.
  const dedupeKey = `${sid}:${word}${messageId ? '' : ':looked-up'}${priceKey(price)}`;
  const status = DELIVERY_STATUSES.get(word);
  if (!status) return { kind: 'ignored', dedupeKey, type: word };
  const code = reported ?? (word === 'canceled' ? word : undefined);
  const failed = status === 'failed' || status === 'undelivered';
  const address = plain(to);
  return {
    kind: 'status',
    dedupeKey,
    providerMessageId: sid,
    status,
    ...(messageId ? { messageId } : address ? { lookup: { providerMessageId: sid, to: address } } : {}),
    ...(failed && code ? { code, ...wordsOf(code, message) } : {}),
    ...(failed && address && saysDeadNumber(code, plain(from))
      ? { suppress: { address, reason: 'invalid_address' } }
      : {}),
    ...(failed && saysOptedOut(code) ? { optedOut: true } : {}),
    ...(price ? { price } : {}),
  };
}

/** Twilio writes a charge as a negative decimal, and nothing for some time after the message or the call. */
export function twilioPrice(amount: string | null, currency: string | null): Price | undefined {
  const price = readPrice(amount, currency);
  return price && { ...price, micros: 0 - price.micros };
}

/** A number without Twilio's channel prefix. */
export const plain = (address: string): string => address.replace(/^whatsapp:/, '');
