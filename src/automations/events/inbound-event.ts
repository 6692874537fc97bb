/** What a service says has happened: thin, by ids, without texts or addresses. */
import { InvalidRequest } from '../../kernel/index.js';
import type { HostKind, HostRefs } from '../../host-data/index.js';

/** What an event may be about, each by the id that the platform has for it. */
export const SUBJECTS = ['orderId', 'customerId', 'eventId', 'attendeeId'] as const;
export type Subject = (typeof SUBJECTS)[number];
/** Null for what it is not about. */
export type Subjects = Readonly<Record<Subject, string | null>>;

/** From the most particular. */
export const SUBJECT_KINDS = ['order', 'attendee', 'event', 'customer'] as const satisfies readonly HostKind[];

/** One thing on the platform. */
export interface NamedSubject {
  readonly kind: HostKind;
  readonly ref: string;
}

/** All that is named here, the most particular first: that one an event is about. */
export const subjectsNamed = (refs: HostRefs): NamedSubject[] =>
  SUBJECT_KINDS.flatMap((kind) => {
    const ref = refs[`${kind}_ref`];
    return ref === null ? [] : [{ kind, ref }];
  });

/** A subject as one text, by which events about it are found. */
export const aboutText = ({ kind, ref }: NamedSubject): string => `${kind}:${ref}`;

/** How an event came in. */
export type EventOrigin = 'http' | 'queue' | 'service_bus';

/** An event's own id, and an id of the platform: characters. */
export const EVENT_ID_LENGTH = 200;
/** JSON characters of an event's data. */
const DATA_LENGTH = 16_384;

/** Names under which older services send an event, with the names of their fields. */
const ALIASES: Readonly<Record<string, { readonly type: string; readonly fields: Readonly<Record<string, string>> }>> =
  {
    SendOrderConfirmationSms: {
      type: 'order.confirmed',
      fields: { OrderId: 'orderId', CustomerId: 'customerId', VenueId: 'venueId', EventId: 'eventId' },
    },
  };

export interface TypedEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The event under the name and with the fields that automations know it by. */
export function unaliased({ type, data }: TypedEvent): TypedEvent {
  const alias = Object.hasOwn(ALIASES, type) ? ALIASES[type] : undefined;
  if (!alias) return { type, data };
  const renamed = Object.entries(data).map(([name, value]) => [alias.fields[name] ?? name, value] as const);
  return { type: alias.type, data: Object.fromEntries(renamed) };
}

/** What the event is about. Raises InvalidRequest for an id that is none, and for more data than an event carries. */
export function subjectsOf(data: TypedEvent['data']): Subjects {
  if (JSON.stringify(data).length > DATA_LENGTH) {
    const message = `data must be at most ${DATA_LENGTH} characters of JSON: send ids, and the rest is read when it is needed`;
    throw new InvalidRequest([{ path: 'data', message }]);
  }
  const [orderId, customerId, eventId, attendeeId] = SUBJECTS.map((name) => idIn(data, name));
  return {
    orderId: orderId ?? null,
    customerId: customerId ?? null,
    eventId: eventId ?? null,
    attendeeId: attendeeId ?? null,
  };
}

/** An id in the data of an event, which may be a whole number. Raises InvalidRequest. */
export function idIn(data: TypedEvent['data'], name: string): string | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && text !== '' && text.length <= EVENT_ID_LENGTH) return text;
  const message = `data.${name} must be an id: a text of at most ${EVENT_ID_LENGTH} characters, or a whole number`;
  throw new InvalidRequest([{ path: `data.${name}`, message }]);
}
