/** What the platform knows now of what something is about: read in batches, before anything is sent. */
import type { Channel } from '../providers/index.js';
import { HostRecordUnreadable } from './host-data.errors.js';
import type { HostCustomer, HostData, HostKind, HostRecordOf, HostRecords, HostRef } from './host-data.port.js';

/** Whom or what something is about, by the host's own ids. */
export interface HostRefs {
  readonly order_ref: string | null;
  readonly customer_ref: string | null;
  readonly event_ref: string | null;
  readonly attendee_ref: string | null;
}

/** Present where it is about one, and the platform knows it. */
export interface HostFacts {
  readonly order?: HostRecordOf['order'] | undefined;
  readonly customer?: HostRecordOf['customer'] | undefined;
  readonly event?: HostRecordOf['event'] | undefined;
  readonly attendee?: HostRecordOf['attendee'] | undefined;
  /** Those given, with those that the order and the attendee name. */
  readonly refs: HostRefs;
  /** Why nothing may be written at all: it is unknown, or cannot be read. */
  readonly missing: MissingReason | undefined;
}

export type MissingReason = `${HostKind}_unknown` | `${HostKind}_unreadable`;

/** What usually keeps from writing, since it is not true any more. */
export const STALE_REASONS = ['order_cancelled', 'order_refunded', 'event_cancelled', 'attendee_cancelled'] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

/** The times of an event that what is said of it may depend on. */
export const MOMENTS = ['event.startsAt', 'event.endsAt'] as const;
export type Moment = (typeof MOMENTS)[number];

const COLUMNS = {
  order: 'order_ref',
  attendee: 'attendee_ref',
  customer: 'customer_ref',
  event: 'event_ref',
} as const satisfies Record<HostKind, keyof HostRefs>;

/** Of one tenant, in order. Raises HostDataUnavailable and HostDataNotConfigured. */
export async function readFacts(host: HostData, tenantId: string, all: readonly HostRefs[]): Promise<HostFacts[]> {
  const records = async (refs: readonly HostRef[]): Promise<HostRecords | undefined> =>
    refs.length === 0 ? undefined : host.read(tenantId, refs);
  const first = await records(all.flatMap((refs) => refsOf(refs, ['order', 'attendee'])));
  const known = all.map((refs) => derived(refs, first));
  const second = await records(known.flatMap((refs) => refsOf(refs, ['customer', 'event'])));
  return known.map((refs) => factsOf(refs, { order: first, attendee: first, customer: second, event: second }));
}

/** Why nothing must be written any more, since it is not true; undefined if it may. */
export function stale(
  { order, event, attendee }: Pick<HostFacts, 'order' | 'event' | 'attendee'>,
  allow: readonly StaleReason[],
): StaleReason | undefined {
  const reasons: (StaleReason | false)[] = [
    order?.status === 'cancelled' && 'order_cancelled',
    order?.status === 'refunded' && 'order_refunded',
    event?.status === 'cancelled' && 'event_cancelled',
    attendee?.status === 'cancelled' && 'attendee_cancelled',
  ];
  return reasons.find((reason) => reason !== false && !allow.includes(reason)) || undefined;
}

/** Undefined if it is about no event, or the platform does not say when that ends. */
export const momentOf = ({ event }: Pick<HostFacts, 'event'>, moment: Moment): Date | undefined =>
  moment === 'event.startsAt' ? event?.startsAt : event?.endsAt;

/** Where the person is reached on a channel, as the host has it; undefined where it has nothing. */
export function addressOn(channel: Channel, customer: HostCustomer | undefined): string | undefined {
  if (channel === 'email') return customer?.email;
  if (channel === 'whatsapp') return customer?.whatsapp ?? customer?.phone;
  return customer?.phone;
}

const refsOf = (refs: HostRefs, kinds: readonly HostKind[]): HostRef[] =>
  kinds.flatMap((kind) => {
    const id = refs[COLUMNS[kind]];
    return id === null ? [] : [{ kind, id }];
  });

/** An order and an attendee name their customer and event; what was named itself counts first. */
function derived(refs: HostRefs, records: HostRecords | undefined): HostRefs {
  const order = found('order', refs.order_ref, records).record;
  const attendee = found('attendee', refs.attendee_ref, records).record;
  return {
    order_ref: refs.order_ref,
    attendee_ref: refs.attendee_ref,
    customer_ref: refs.customer_ref ?? attendee?.customerId ?? order?.customerId ?? null,
    event_ref: refs.event_ref ?? attendee?.eventId ?? order?.eventId ?? null,
  };
}

function factsOf(refs: HostRefs, records: Readonly<Record<HostKind, HostRecords | undefined>>): HostFacts {
  const order = found('order', refs.order_ref, records.order);
  const attendee = found('attendee', refs.attendee_ref, records.attendee);
  const customer = found('customer', refs.customer_ref, records.customer);
  const event = found('event', refs.event_ref, records.event);
  return {
    order: order.record,
    attendee: attendee.record,
    customer: customer.record,
    event: event.record,
    refs,
    missing: [order, attendee, customer, event].find(({ missing }) => missing !== undefined)?.missing,
  };
}

interface Found<Kind extends HostKind> {
  readonly record?: HostRecordOf[Kind];
  readonly missing?: MissingReason;
}

function found<Kind extends HostKind>(kind: Kind, id: string | null, records: HostRecords | undefined): Found<Kind> {
  if (id === null || !records) return {};
  try {
    const record = records.get(kind, id);
    return record ? { record } : { missing: `${kind}_unknown` };
  } catch (error) {
    if (error instanceof HostRecordUnreadable) return { missing: `${kind}_unreadable` };
    throw error;
  }
}
