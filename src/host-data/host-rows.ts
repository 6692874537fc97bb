/** From the host's rows to records, each by itself: a row that cannot be read spoils no other. Pure. */
import { storable } from '../kernel/index.js';
import { CHANNELS } from '../providers/index.js';
import { HostDataUnavailable, HostRecordUnreadable } from './host-data.errors.js';
import { EVENT_STATUSES, ORDER_STATUSES, type HostKind, type HostRecordOf } from './host-data.port.js';
import { FieldFault, HostFields, idIn, mappedWord } from './host-fields.js';
import { QUERY_OF, type HostRow, type HostSource, type StatusWords } from './host-source.js';

/** How the host says things. */
export type HostLanguage = Pick<HostSource, 'statuses' | 'spell'>;

type Readers = { readonly [Kind in HostKind]: (fields: HostFields, statuses: StatusWords) => HostRecordOf[Kind] };

const READERS: Readers = {
  order: (fields, { orders }) => ({
    id: fields.id('id'),
    status: fields.word('status', ORDER_STATUSES, orders),
    customerId: fields.id('customerId'),
    eventId: fields.optionalId('eventId'),
    venueId: fields.optionalId('venueId'),
    attributes: fields.attributes(),
  }),
  customer: (fields) => ({
    id: fields.id('id'),
    name: fields.optionalText('name'),
    email: fields.optionalText('email'),
    phone: fields.optionalText('phone'),
    whatsapp: fields.optionalText('whatsapp'),
    language: fields.language('language'),
    timezone: fields.optionalZone('timezone'),
    preferredChannel: fields.optionalWord('preferredChannel', CHANNELS),
    attributes: fields.attributes(),
  }),
  event: (fields, { events }) => {
    const timezone = fields.zone('timezone');
    return {
      id: fields.id('id'),
      name: fields.text('name'),
      startsAt: fields.time('startsAt', timezone),
      timezone,
      endsAt: fields.optionalTime('endsAt', timezone),
      status: fields.word('status', EVENT_STATUSES, events),
      venueId: fields.optionalId('venueId'),
      attributes: fields.attributes(),
    };
  },
  attendee: (fields, { attendees }) => ({
    id: fields.id('id'),
    eventId: fields.id('eventId'),
    customerId: fields.id('customerId'),
    status: mappedWord(fields.text('status'), attendees),
    attributes: fields.attributes(),
  }),
};

/** The record of a row, or why it cannot be read. */
export function recordOf<Kind extends HostKind>(
  kind: Kind,
  row: HostRow,
  language: HostLanguage,
): HostRecordOf[Kind] | HostRecordUnreadable {
  try {
    return READERS[kind](new HostFields(storable(row)), language.statuses);
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    return new HostRecordUnreadable(kind, `${QUERY_OF[kind]}.${language.spell(error.field)} ${error.problem}`);
  }
}

/**
 * What the host says of these ids. If it also answers what it was not asked, or one thing twice, then its query is not right, and
 * what it does not answer is not known to be missing. Raises HostDataUnavailable for a row without an id.
 */
export function recordsOf<Kind extends HostKind>(
  kind: Kind,
  ids: readonly string[],
  rows: readonly HostRow[],
  language: HostLanguage,
): Map<string, HostRecordOf[Kind] | HostRecordUnreadable | undefined> {
  const query = QUERY_OF[kind];
  const asked = new Set(ids);
  const found = new Map<string, HostRecordOf[Kind] | HostRecordUnreadable>();
  let doubt: string | undefined;
  for (const row of rows) {
    const id = idOf(query, row, language);
    if (!asked.has(id)) {
      doubt = `${query} answers rows that were not asked for`;
    } else if (found.has(id)) {
      doubt = `${query} answers a row more than once`;
      found.set(id, new HostRecordUnreadable(kind, doubt));
    } else {
      found.set(id, recordOf(kind, row, language));
    }
  }
  const missing = doubt === undefined ? undefined : new HostRecordUnreadable(kind, doubt);
  return new Map(ids.map((id) => [id, found.get(id) ?? missing]));
}

/** Raises HostDataUnavailable. */
export function idOf(query: string, row: HostRow, language: HostLanguage): string {
  const id = idIn(row['id']);
  if (id === undefined) throw new HostDataUnavailable(`${query} answers a row without ${language.spell('id')}`);
  return id;
}
