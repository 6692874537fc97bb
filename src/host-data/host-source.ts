/** What an adapter does: it brings rows as the host has them, and judges nothing in them. */
import type { Finding } from '../providers/index.js';
import { HOST_KINDS, type HostKind } from './host-data.port.js';

/** The names of the host's queries, as in its configuration, in requests and in errors. */
export const QUERY_OF = {
  order: 'orders',
  customer: 'customers',
  event: 'events',
  attendee: 'attendees',
} as const satisfies Record<HostKind, string>;

/** As many as one question names of a kind. */
export const MOST_IDS = 1_000;

/** Ids of each kind, each once. */
export type HostIds = Readonly<Record<HostKind, readonly string[]>>;

export interface AttendeesAfter {
  readonly eventId: string;
  /** Empty for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** By the names of the fields in the port, such as `customerId`. */
export type HostRow = Readonly<Record<string, unknown>>;
export type HostRows = Readonly<Record<HostKind, readonly HostRow[]>>;

export const NO_ROWS: HostRows = { order: [], customer: [], event: [], attendee: [] };

/** The host's words for a status, by query: what is not named is one of ours already. */
export type StatusWords = Readonly<
  Partial<Record<'orders' | 'events' | 'attendees', Readonly<Record<string, string>>>>
>;

export interface HostSource {
  readonly statuses: StatusWords;
  /** A field as the host spells it, such as `customer_id`. */
  spell(field: string): string;
  /** The rows of at most MOST_IDS of each kind. Raises HostDataUnavailable. */
  rows(tenantId: string, ids: HostIds): Promise<HostRows>;
  /** Raises HostDataUnavailable. */
  attendeesOf(tenantId: string, page: AttendeesAfter): Promise<readonly HostRow[]>;
  /** Resolves if the host answers, at little cost to it. Raises HostDataUnavailable. */
  ping(): Promise<void>;
  /** What an operator should know of the set-up. Reads no data. */
  examine(): Promise<Finding[]>;
  close(): Promise<void>;
}

/** Something of each kind. */
export const ofEachKind = <T>(make: (kind: HostKind) => T): Record<HostKind, T> =>
  Object.fromEntries(HOST_KINDS.map((kind) => [kind, make(kind)])) as Record<HostKind, T>;
