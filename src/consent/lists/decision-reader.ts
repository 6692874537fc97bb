/** Reads decisions from the rows of a list. */
import type { Channel } from '../../tenants/index.js';
import {
  isAddressField,
  readSpreadsheetTime,
  rowAddress,
  type FaultCode,
  type GivenField,
  type TimeReading,
} from '../../lists/index.js';
import { SOURCE } from '../consent.dto.js';
import { OPT_OUT_CATEGORIES, type Decision, type OptOutCategory } from '../consent.entity.js';
import { isInFuture } from '../consent.fields.js';
import { DECISION_CHANNELS, type DecisionChannel } from './decision-columns.js';
import { readDecision } from './decision-words.js';
import { fieldsOf, isOn, rowChannel, rowSubjects, type Fields, type RowFault } from './row-subjects.js';

/** What holds for all rows that do not say otherwise. */
export interface DecisionDefaults extends TimeReading {
  /** Of numbers without a country code. */
  readonly country: string | null;
  readonly channel?: Channel;
  readonly status?: Decision;
  readonly source?: string;
  readonly occurredAt?: Date;
}

export interface ReadDecision {
  readonly channel: DecisionChannel;
  /** Normalised. */
  readonly address: string;
  readonly status: Decision;
  /** What an opt-out is of alone. */
  readonly category?: OptOutCategory;
  readonly source: string;
  /** Absent for an opt-out of which nothing says when: it counts from now on. */
  readonly occurredAt?: Date;
}

export interface RowDecisions {
  readonly decisions: readonly ReadDecision[];
  readonly faults: readonly RowFault[];
}

/** The decisions of a row of `decisionVocabulary`. Every address of the row has decided, on the channel that the row names or its own. */
export function readDecisionRow(given: readonly GivenField[], defaults: DecisionDefaults): RowDecisions {
  const fields = fieldsOf(given);
  const channel = rowChannel(fields.get('channel'), defaults.channel);
  const status = fields.has('status') ? readDecision(fields.get('status') ?? '') : defaults.status;
  if (channel === null) return fault('unclear_channel', 'channel');
  if (status === null) return { decisions: [], faults: [] };
  if (status === undefined) return fault(fields.has('status') ? 'unclear_consent' : 'no_consent', 'status');
  const source = sourceOf(fields, defaults);
  if (source === undefined) return fault('no_source', 'source');
  const time = timeOf(fields, ['occurredAt'], status, defaults);
  if (typeof time === 'string') return fault(time, 'occurredAt');
  const read = rowSubjects(given, channel, defaults.country);
  const category = status === 'opted_out' ? categoryIn(fields) : undefined;
  return {
    decisions: read.flatMap((one) =>
      'address' in one
        ? [{ ...one, status, ...(category && { category }), source, ...(time && { occurredAt: time }) }]
        : [],
    ),
    faults: read.flatMap((one) => ('code' in one ? [one] : [])),
  };
}

/** The decisions in the `*_consent` columns of a row of people. A channel of which the row has no valid address is passed over. */
export function readConsentColumns(
  given: readonly GivenField[],
  defaults: DecisionDefaults & { readonly source: string },
): RowDecisions {
  const fields = fieldsOf(given);
  const decisions: ReadDecision[] = [];
  const faults: RowFault[] = [];
  for (const channel of DECISION_CHANNELS) {
    const field = `${channel}_consent`;
    const status = fields.has(field) ? readDecision(fields.get(field) ?? '') : null;
    const address = status === null ? undefined : addressOn(given, channel, defaults.country);
    if (status === null || address === undefined) continue;
    const time = status && timeOf(fields, [`${field}_at`, 'consent_at'], status, defaults);
    if (status === undefined) faults.push({ code: 'unclear_consent', field });
    else if (typeof time === 'string') faults.push({ code: time, field });
    else decisions.push({ channel, address, status, source: defaults.source, ...(time && { occurredAt: time }) });
  }
  return { decisions, faults };
}

const fault = (code: FaultCode, field: string | null): RowDecisions => ({ decisions: [], faults: [{ code, field }] });

/** Lists also call other things a category: what is none of ours is passed over. */
const categoryIn = (fields: Fields): OptOutCategory | undefined =>
  OPT_OUT_CATEGORIES.find((category) => category === fields.get('category')?.trim().toLowerCase());

function sourceOf(fields: Fields, { source }: DecisionDefaults): string | undefined {
  const own = fields
    .get('source')
    ?.replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, SOURCE.max);
  return own ? own.toWellFormed() : source;
}

/** When it was decided; a fault if that cannot be told. Without any time an opt-out counts from now on; an opt-in must say. */
function timeOf(
  fields: Fields,
  names: readonly string[],
  status: Decision,
  defaults: DecisionDefaults,
): Date | FaultCode | undefined {
  const text = names.map((name) => fields.get(name)).find((value) => value !== undefined);
  if (text === undefined) return defaults.occurredAt ?? (status === 'opted_out' ? undefined : 'no_consent_time');
  const time = readSpreadsheetTime(text, defaults);
  if (time === 'ambiguous') return 'ambiguous_time';
  if (time === undefined || time.getTime() < 0) return 'unclear_time';
  return isInFuture(time) ? 'time_in_future' : time;
}

function addressOn(given: readonly GivenField[], channel: DecisionChannel, country: string | null): string | undefined {
  const one = given.find((other) => isAddressField(other.field) && isOn(other, channel));
  const read = one && rowAddress(one, country, channel);
  return typeof read === 'object' ? read.address : undefined;
}
