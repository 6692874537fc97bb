/** One row of an import: whom it adds, and what they consented to. */
import { CONSENT_COLUMNS, readConsentColumns, type DecisionDefaults, type ReadDecision } from '../../consent/index.js';
import {
  ADDRESS_COLUMN_NAMES,
  ADDRESS_COLUMNS,
  attributePath,
  isAddressField,
  rowAddress,
  type FaultCode,
  type ListVocabulary,
  type Row,
  type RowAddress,
} from '../../lists/index.js';
import type { Channel } from '../../tenants/index.js';
import { customerOf, PERSON_COLUMNS, preferredChannelOf } from './person-columns.js';

/** How the rows of one import are read. */
export interface ContactReading {
  /** Of numbers without a country code. */
  readonly country: string | null;
  /** Present if the `*_consent` columns are consent. */
  readonly consent?: DecisionDefaults & { readonly source: string };
}

export interface RowFault {
  readonly code: FaultCode;
  readonly field: string | null;
}

export interface ContactRow {
  readonly contacts: readonly RowAddress[];
  /** Whose the row says these addresses are; undefined if it does not say. */
  readonly person: string | undefined;
  readonly preferredChannel: Channel | undefined;
  /** A JSON object as text. */
  readonly attributes: string;
  readonly decisions: readonly ReadDecision[];
  readonly faults: readonly RowFault[];
}

/** Whatever is no address, and no consent, is an attribute. */
export const contactVocabulary = (hasConsent: boolean): ListVocabulary => ({
  fields: [...ADDRESS_COLUMNS, ...(hasConsent ? CONSENT_COLUMNS : []), ...PERSON_COLUMNS],
  needed: [ADDRESS_COLUMN_NAMES],
  attribute: attributePath,
});

const NOBODY = { contacts: [], person: undefined, preferredChannel: undefined, attributes: '{}', decisions: [] };

export function readContactRow({ content }: Row, { country, consent }: ContactReading): ContactRow {
  if (typeof content === 'string') return { ...NOBODY, faults: [{ code: content, field: null }] };
  const { fields, attributes } = content;
  const contacts: RowAddress[] = [];
  const faults: RowFault[] = [];
  let isAddressed = false;
  for (const given of fields) {
    if (!isAddressField(given.field)) continue;
    isAddressed = true;
    const read = rowAddress(given, country);
    if (typeof read === 'string') faults.push({ code: read, field: given.field });
    else contacts.push(read);
  }
  if (!isAddressed) return { ...NOBODY, faults: [{ code: 'no_address', field: null }] };
  const whose = { person: customerOf(fields) ?? pairOf(contacts), preferredChannel: preferredChannelOf(fields) };
  if (!consent) return { contacts, ...whose, attributes, decisions: [], faults };
  const told = readConsentColumns(fields, consent);
  return { contacts, ...whose, attributes, decisions: told.decisions, faults: [...faults, ...told.faults] };
}

/** An email address and a phone number in one row are one person’s, who has the email address for a name. */
const pairOf = (contacts: readonly RowAddress[]): string | undefined =>
  contacts.length > 1 ? contacts.find(({ kind }) => kind === 'email')?.address : undefined;
