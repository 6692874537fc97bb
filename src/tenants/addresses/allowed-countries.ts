/** To which countries a tenant may send, and whether an address is in one of them. Pure. */
import { consentChannel, type Channel } from '../channels.js';
import { countryOfStart, startOf } from './number-starts.js';
import { isWhatsAppUserId } from './whatsapp-user-id.js';

/** Countries as ISO 3166-1 alpha-2; null: every country. */
export type AllowedCountries = readonly string[] | null;

/** A tenant's own list narrows the platform's, and never widens it. */
export function allowedOf(platform: AllowedCountries, own: AllowedCountries): AllowedCountries {
  if (platform === null || own === null) return own ?? platform;
  return own.filter((country) => platform.includes(country));
}

/** The country of a normalised recipient; null for an email address, or a number of no single country, such as of a satellite phone. */
export function countryOfRecipient(address: string): string | null {
  if (isWhatsAppUserId(address)) return address.slice(0, 2);
  const start = startOf(address);
  return start === null ? null : countryOfStart(start);
}

/** Whether a message may go there. Email goes everywhere; with a list, what is of no known country goes nowhere. */
export function isAllowed(allowed: AllowedCountries, channel: Channel, recipient: string): boolean {
  if (allowed === null || consentChannel(channel) === 'email') return true;
  const country = countryOfRecipient(recipient);
  return country !== null && allowed.includes(country);
}
