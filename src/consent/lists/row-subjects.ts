/** Whom a row of a list is about: its addresses, each on the channel that the row names or its own. */
import { isAddressField, kindOfField, rowAddress, type FaultCode, type GivenField } from '../../lists/index.js';
import { addressKindOf, type Channel } from '../../tenants/index.js';
import { DECISION_CHANNELS, type DecisionChannel } from './decision-columns.js';

export interface RowFault {
  readonly code: FaultCode;
  readonly field: string | null;
}

export interface RowSubject {
  readonly channel: DecisionChannel;
  /** Normalised. */
  readonly address: string;
}

export type Fields = ReadonlyMap<string, string>;

export const fieldsOf = (given: readonly GivenField[]): Fields =>
  new Map(given.map(({ field, text = '' }) => [field, text] as const));

/** Null for one that cannot be read; undefined if none is named. */
export function rowChannel(text: string | undefined, told: Channel | undefined): DecisionChannel | null | undefined {
  const name =
    text
      ?.trim()
      .toLowerCase()
      .replace(/^e-mail$/, 'email') ?? told;
  if (name === undefined) return undefined;
  return name === 'mms' ? 'sms' : (DECISION_CHANNELS.find((channel) => channel === name) ?? null);
}

/** Every address of the row that can be written to on the channel; numbers without a country code are from this country. */
export function rowSubjects(
  given: readonly GivenField[],
  channel: DecisionChannel | undefined,
  country: string | null,
): readonly (RowSubject | RowFault)[] {
  const addresses = given.filter(({ field }) => isAddressField(field));
  const chosen = addresses.filter((one) => channel === undefined || isOn(one, channel));
  return chosen.length === 0
    ? [{ code: 'no_address', field: null }]
    : chosen.map((one) => subjectOf(one, channel, country));
}

export const isOn = (given: GivenField, channel: DecisionChannel): boolean =>
  kindOfField(given) === addressKindOf(channel);

function subjectOf(
  given: GivenField,
  channel: DecisionChannel | undefined,
  country: string | null,
): RowSubject | RowFault {
  const on = channel ?? (kindOfField(given) === 'email' ? 'email' : 'sms');
  const read = rowAddress(given, country, on);
  return typeof read === 'string' ? { code: read, field: given.field } : { channel: on, address: read.address };
}
