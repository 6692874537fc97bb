/** The fields of a row that hold an address, and reading them. */
import { InvalidAddress, normaliseAddress, type AddressFault, type AddressKind } from '../tenants/index.js';
import { EMAIL_COLUMNS, folded, MOBILE_COLUMNS, PHONE_COLUMNS } from './column-names.js';
import type { ListField } from './columns.js';
import type { GivenField } from './list-row.js';
import type { FaultCode } from './row-faults.js';

export const ADDRESS_FIELDS = ['address', 'to', 'email', 'phone'] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];

const only = (name: string): ReadonlySet<string> => new Set([folded(name)]);

/** `address` and `to` take either kind; beside an email address or a phone number they are something else, as a postal address. */
export const ADDRESS_COLUMNS: readonly ListField[] = [
  { name: 'email', columns: [EMAIL_COLUMNS] },
  { name: 'phone', columns: [MOBILE_COLUMNS, PHONE_COLUMNS] },
  { name: 'address', columns: [only('address')], unless: ['email', 'phone'] },
  { name: 'to', columns: [only('to')], unless: ['email', 'phone'] },
];

export const isAddressField = (field: string): field is AddressField =>
  (ADDRESS_FIELDS as readonly string[]).includes(field);

/** The kind of an address if none is named: only an email address has an `@`. */
export const kindOf = (text: string): AddressKind => (text.includes('@') ? 'email' : 'phone');

/** Normalised, with its kind. */
export interface RowAddress {
  readonly kind: AddressKind;
  readonly address: string;
}

const CODE_OF: Readonly<Record<AddressFault, FaultCode>> = {
  no_address: 'invalid_address',
  rounded: 'rounded_number',
  ambiguous: 'ambiguous_address',
};

/** The address in a field, or what is wrong with it. A number without a country code is read as one of `country`. */
export function rowAddress({ field, text = '' }: GivenField, country: string | null): RowAddress | FaultCode {
  try {
    const kind = field === 'email' || field === 'phone' ? field : kindOf(text);
    return { kind, address: normaliseAddress(kind, text, country) };
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
    return CODE_OF[error.fault];
  }
}
