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
  /** A JSON object as text. */
  readonly attributes: string;
  readonly decisions: readonly ReadDecision[];
  readonly faults: readonly RowFault[];
}

/** Whatever is no address, and no consent, is an attribute. */
export const contactVocabulary = (hasConsent: boolean): ListVocabulary => ({
  fields: hasConsent ? [...ADDRESS_COLUMNS, ...CONSENT_COLUMNS] : ADDRESS_COLUMNS,
  needed: [ADDRESS_COLUMN_NAMES],
  attribute: attributePath,
});

const NOBODY = { contacts: [], attributes: '{}', decisions: [] };

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
  if (!consent) return { contacts, attributes, decisions: [], faults };
  const told = readConsentColumns(fields, consent);
  return { contacts, attributes, decisions: told.decisions, faults: [...faults, ...told.faults] };
}
