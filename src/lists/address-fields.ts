/** The fields of a row that hold an address, and reading them. */
import {
  InvalidAddress,
  normaliseAddress,
  type AddressFault,
  type AddressKind,
  type Channel,
} from '../tenants/index.js';
import { EMAIL_COLUMNS, folded, MOBILE_COLUMNS, PHONE_COLUMNS } from './column-names.js';
import type { ListField } from './columns.js';
import type { GivenField } from './list-row.js';
import type { FaultCode } from './row-faults.js';

const only = (name: string): ReadonlySet<string> => new Set([folded(name)]);

/** `address` and `to` take either kind; beside an email address or a phone number they are something else, as a postal address. */
export const ADDRESS_COLUMNS: readonly ListField[] = [
  { name: 'email', columns: [EMAIL_COLUMNS] },
  { name: 'phone', columns: [MOBILE_COLUMNS, PHONE_COLUMNS] },
  { name: 'address', columns: [only('address')], unless: ['email', 'phone'] },
  { name: 'to', columns: [only('to')], unless: ['email', 'phone'] },
];

/** Without one of them a list is nobody’s. */
export const ADDRESS_COLUMN_NAMES = ADDRESS_COLUMNS.map(({ name }) => name);

export const isAddressField = (field: string): boolean => ADDRESS_COLUMN_NAMES.includes(field);

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

/** The kind of address that a field holds. */
export const kindOfField = ({ field, text = '' }: GivenField): AddressKind =>
  field === 'email' || field === 'phone' ? field : kindOf(text);

/**
 * The address in a field, as it is kept on a channel if one is named, or what is wrong with it. A number without a country code is
 * read as one of `country`.
 */
export function rowAddress(given: GivenField, country: string | null, channel?: Channel): RowAddress | FaultCode {
  const kind = kindOfField(given);
  try {
    return { kind, address: normaliseAddress(channel ?? kind, given.text ?? '', country) };
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
    return CODE_OF[error.fault];
  }
}
