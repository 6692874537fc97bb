/** One normal form for every address: consent, suppression and history must match however people type it. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { AddressKind, Channel } from '../channels.js';
import { AmbiguousAddress, InvalidAddress } from './addresses.errors.js';
import { readEmailAddress } from './email-address.js';
import { readPhoneNumber } from './phone-number.js';
import { isWhatsAppUserId } from './whatsapp-user-id.js';

export const SHORT_CODE = /^\d{3,8}$/;
/** Twilio's alphanumeric sender ids: at most 11 of these characters, at least one letter (its AlphaSender resource). */
const ALPHANUMERIC = /^(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}$/;

/**
 * The address of a recipient on a channel, or of a kind: an email address in lower case with its domain in ASCII (punycode), or
 * a phone number as E.164, in the one spelling that is dialled today. A number without its plus is read as one of
 * `defaultCountry` (ISO 3166-1 alpha-2) or as one with a country code, if only one of them can be meant. Lenient: any number of
 * a possible length passes, landlines too; the provider decides. Idempotent. Raises InvalidAddress and AmbiguousAddress.
 */
export function normaliseAddress(kind: Channel | AddressKind, text: string, defaultCountry?: string | null): string {
  if (kind === 'email') {
    const address = readEmailAddress(text);
    if (address === undefined) throw new InvalidAddress('email');
    return address;
  }
  const reading = readPhoneNumber(text, defaultCountry, kind !== 'voice');
  if ('number' in reading) return reading.number;
  throw 'couldBe' in reading ? new AmbiguousAddress(reading.couldBe) : new InvalidAddress(kind, reading.fault);
}

/**
 * The address of a sender: as of a recipient and, for SMS, also a short code of 3 to 8 digits or an alphanumeric sender id.
 * Raises InvalidAddress.
 */
export function normaliseSenderAddress(channel: Channel, text: string, defaultCountry?: string | null): string {
  const trimmed = text.trim();
  if (channel === 'sms' && (SHORT_CODE.test(trimmed) || ALPHANUMERIC.test(trimmed))) return trimmed;
  // A number of ours is what the provider calls it, also in Argentina.
  return normaliseAddress(channel === 'email' ? 'email' : 'voice', text, defaultCountry);
}

/**
 * The address of somebody who wrote to us, as a provider reports it: the same that is written to. What is no address, such as a
 * short code or a user id of WhatsApp, stays as it is.
 */
export function writersAddress(channel: Channel, text: string): string {
  if (channel === 'whatsapp' && isWhatsAppUserId(text)) return text;
  try {
    return normaliseAddress(channel, text);
  } catch (error) {
    if (error instanceof InvalidAddress) return text;
    throw error;
  }
}

/** The country of a normalised phone number (ISO 3166-1 alpha-2); null for an email address, or a number of no single country. */
export const countryOf = (address: string): string | null => parsePhoneNumberFromString(address)?.country ?? null;
