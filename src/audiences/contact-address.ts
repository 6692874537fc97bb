/** Parses the address of a contact. */
import { normaliseAddress, type AddressKind } from '../tenants/index.js';

/** An address, normalised as for messages, consent and suppressions. */
export interface ContactAddress {
  readonly kind: AddressKind;
  readonly address: string;
}

/** Raises InvalidAddress. A number without a country code is read as one of `country`. */
export function contactAddress(kind: AddressKind, text: string, country: string | null): ContactAddress {
  return { kind, address: normaliseAddress(kind, text, country) };
}
