/** The two kinds of address that a contact can have. */
import { normaliseAddress, type Channel } from '../tenants/index.js';

export const CONTACT_KINDS = ['email', 'phone'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** An address in the one spelling that messages, consent and suppressions have it in too. */
export interface ContactAddress {
  readonly kind: ContactKind;
  readonly address: string;
}

/** Which contacts a channel can write to. */
export const contactKind = (channel: Channel): ContactKind => (channel === 'email' ? 'email' : 'phone');

/** What an address of no told kind is: nothing but an email address has an `@`. */
export const kindOf = (text: string): ContactKind => (text.includes('@') ? 'email' : 'phone');

/** Raises InvalidAddress. A number without a country code is read as one of `country`. */
export function contactAddress(kind: ContactKind, text: string, country: string | null): ContactAddress {
  return { kind, address: normaliseAddress(kind === 'email' ? 'email' : 'sms', text, country) };
}
