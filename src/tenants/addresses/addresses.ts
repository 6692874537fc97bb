/** One normal form for every address: consent, suppression and history must match however people type it. */
import { domainToASCII } from 'node:url';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { DomainError } from '../kernel/index.js';
import type { AddressKind, Channel } from './channels.js';

const EMAIL_MAX = 320;
/** ASCII, because Amazon SES accepts no other local part; unquoted, because no real mailbox needs quotes. */
const LOCAL_PART = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;
/** What `domainToASCII` would cut off or decode instead of rejecting. */
const NOT_IN_A_DOMAIN = /[\s/\\?#%:[\]]/;
/** At least two labels, the last starting with a letter, which excludes IP addresses. */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([\w-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

const SHORT_CODE = /^\d{3,8}$/;
/** Twilio's alphanumeric sender ids: at most 11 of these characters, at least one letter (its AlphaSender resource). */
const ALPHANUMERIC = /^(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}$/;

/** The text is not an address of its channel. Never quotes it: addresses are personal data. */
export class InvalidAddress extends DomainError {
  readonly code = 'invalid_address';
  readonly kind = 'invalid';

  constructor(kind: Channel | AddressKind) {
    super(
      kind === 'email'
        ? 'The address is no email address: send one such as ana@example.com'
        : 'The address is no phone number: send one with its country code, such as +15551234567',
    );
  }
}

/**
 * The address of a recipient on a channel, or of a kind: an email address in lower case with its domain in ASCII (punycode), or
 * a phone number as E.164. A number without a country code is read as one of `defaultCountry` (ISO 3166-1 alpha-2).
 *
 * Deliberately lenient: any number of a possible length passes, including Twilio's magic +1500555xxxx and the fictional 555
 * ranges, which no numbering plan assigns. The provider decides; this only rejects the impossible. The whole email address is
 * lower-cased, though RFC 5321 lets a server distinguish `Ana@` from `ana@`: nobody relies on it, and a person who opts out as
 * `Ana@` must not be written to as `ana@`. Idempotent. Raises InvalidAddress.
 */
export function normaliseAddress(kind: Channel | AddressKind, text: string, defaultCountry?: string | null): string {
  const address = kind === 'email' ? emailAddress(text) : phoneNumber(text, defaultCountry ?? undefined);
  if (address === undefined) throw new InvalidAddress(kind);
  return address;
}

/**
 * The address of a sender: as of a recipient and, for SMS, also a short code of 3 to 8 digits or an alphanumeric sender id.
 * Raises InvalidAddress.
 */
export function normaliseSenderAddress(channel: Channel, text: string, defaultCountry?: string | null): string {
  const trimmed = text.trim();
  if (channel === 'sms' && (SHORT_CODE.test(trimmed) || ALPHANUMERIC.test(trimmed))) return trimmed;
  return normaliseAddress(channel, text, defaultCountry);
}

/** The country of a normalised phone number (ISO 3166-1 alpha-2); null for an email address, or a number of no single country. */
export const countryOf = (address: string): string | null => parsePhoneNumberFromString(address)?.country ?? null;

function phoneNumber(text: string, country: string | undefined): string | undefined {
  const trimmed = text.trim();
  const defaultCountry = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const phone = parsePhoneNumberFromString(trimmed, { defaultCountry, extract: false });
  if (!phone?.isPossible() || phone.ext) return undefined;
  // Zeros after a country code may be read again as a national prefix: such a number has no single normal form.
  const isSettled = phone.number === trimmed || parsePhoneNumberFromString(phone.number)?.number === phone.number;
  return isSettled ? phone.number : undefined;
}

function emailAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const [local = '', domain = '', ...more] = trimmed.split('@');
  if (trimmed.length > EMAIL_MAX || more.length > 0 || !LOCAL_PART.test(local) || NOT_IN_A_DOMAIN.test(domain))
    return undefined;
  const ascii = domainToASCII(domain);
  return DOMAIN.test(ascii) ? `${local}@${ascii}`.toLowerCase() : undefined;
}
