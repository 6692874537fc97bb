/**
 * The port to the platform's own data, the host's: orders, customers, events and attendees as they are at this moment. It is read
 * and never written; what a message was made of is kept with the message.
 */
import type { Channel } from '../providers/index.js';
import type { HostRecordUnreadable } from './host-data.errors.js';

export const HOST_KINDS = ['order', 'customer', 'event', 'attendee'] as const;
export type HostKind = (typeof HOST_KINDS)[number];

/** What may be known of a record before it is read: the host's own id of it. */
export interface HostRef {
  readonly kind: HostKind;
  readonly id: string;
}

export const ORDER_STATUSES = ['open', 'confirmed', 'cancelled', 'refunded'] as const;
export const EVENT_STATUSES = ['scheduled', 'rescheduled', 'cancelled'] as const;

/** Whatever else the host tells: for conditions and templates. */
export type HostAttributes = Readonly<Record<string, unknown>>;

export interface HostOrder {
  readonly id: string;
  readonly status: (typeof ORDER_STATUSES)[number];
  readonly customerId: string;
  readonly eventId?: string;
  /** A venue's `externalId` here, or its id. */
  readonly venueId?: string;
  readonly attributes: HostAttributes;
}

/** Addresses are as the host has them: nobody has checked them yet. */
export interface HostCustomer {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly whatsapp?: string;
  /** A language tag (BCP 47), such as `de` or `pt-BR`. */
  readonly language?: string;
  /** An IANA time zone. */
  readonly timezone?: string;
  readonly preferredChannel?: Channel;
  readonly attributes: HostAttributes;
}

export interface HostEvent {
  readonly id: string;
  readonly name: string;
  readonly startsAt: Date;
  /** An IANA time zone: that of the clocks at the event. */
  readonly timezone: string;
  readonly endsAt?: Date;
  readonly status: (typeof EVENT_STATUSES)[number];
  readonly venueId?: string;
  readonly attributes: HostAttributes;
}

export interface HostAttendee {
  readonly id: string;
  readonly eventId: string;
  readonly customerId: string;
  /** In the host's words, or in those that they are mapped to. */
  readonly status: string;
  readonly attributes: HostAttributes;
}

export interface HostRecordOf {
  readonly order: HostOrder;
  readonly customer: HostCustomer;
  readonly event: HostEvent;
  readonly attendee: HostAttendee;
}

/** By id: the record, why it cannot be read, or undefined where the host has none. */
export type FoundOf<Kind extends HostKind> = ReadonlyMap<string, HostRecordOf[Kind] | HostRecordUnreadable | undefined>;

/** What one read has found. */
export class HostRecords {
  constructor(private readonly found: { readonly [Kind in HostKind]: FoundOf<Kind> }) {}

  /**
   * The record, or undefined where the host does not know it: the id is wrong, or another tenant's. Raises HostRecordUnreadable if it
   * exists and cannot be used, and an Error if it was not asked for.
   */
  get<Kind extends HostKind>(kind: Kind, id: string): HostRecordOf[Kind] | undefined {
    const records: FoundOf<Kind> = this.found[kind];
    if (!records.has(id)) throw new Error(`This read did not ask for such a record of kind ${kind}`);
    const record = records.get(id);
    if (record instanceof Error) throw record;
    return record;
  }
}

export interface AttendeePage {
  readonly attendees: readonly HostAttendee[];
  /** Those that cannot be read. */
  readonly unreadable: readonly HostRecordUnreadable[];
  /** Begin the next page after this id; undefined at the end. */
  readonly next: string | undefined;
}

/** Reads in batches: one question to the host for many records, however often each is named. */
export abstract class HostData {
  /**
   * The records as they are now, of one tenant. Raises HostDataUnavailable if the host did not answer, and HostDataNotConfigured.
   * What cannot be read does not keep the others from being read.
   */
  abstract read(tenantId: string, refs: readonly HostRef[]): Promise<HostRecords>;

  /**
   * A page of the attendees of an event, in the host's order of their ids: `limit` at most (1 to 1,000), after the id `after`. Raises
   * as `read` does.
   */
  abstract attendeesOf(
    tenantId: string,
    eventId: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<AttendeePage>;
}
