/** Whether what a message is about still is as it was meant: pure. */
import { stale, type HostFacts, type HostKind, type HostRefs, type StaleReason } from '../../host-data/index.js';
import type { StoredHostRefs } from '../../ledger/index.js';

/** Why a message must not be sent, as its reason. */
export type Untrue = StaleReason | 'event_moved';

/** Why a message is not sent as it was meant: it would not be true, or of a record it is unknown, or cannot be read. */
export type Obstacle = { readonly untrue: Untrue } | { readonly unknown: HostKind } | { readonly unreadable: HostKind };

const KINDS = ['order', 'attendee', 'customer', 'event'] as const satisfies HostKind[];

export const hostRefsOf = ({ orderId, customerId, eventId, attendeeId }: StoredHostRefs): HostRefs => ({
  order_ref: orderId ?? null,
  customer_ref: customerId ?? null,
  event_ref: eventId ?? null,
  attendee_ref: attendeeId ?? null,
});

/** Undefined if it may be sent now. */
export function obstacleOf(facts: HostFacts, { startsAt, allow = [] }: StoredHostRefs): Obstacle | undefined {
  const unreadable = KINDS.find((kind) => facts.missing === `${kind}_unreadable`);
  if (unreadable !== undefined) return { unreadable };
  const unknown = KINDS.find((kind) => facts.missing === `${kind}_unknown`);
  if (unknown !== undefined) return { unknown };
  if (startsAt !== undefined && !facts.event) return { unknown: 'event' };
  const untrue = stale(facts, allow) ?? moved(facts, startsAt);
  return untrue && { untrue };
}

/** Compared by the instant: the same time in another zone is the same. */
function moved({ event }: HostFacts, startsAt: string | undefined): Untrue | undefined {
  if (startsAt === undefined || event?.startsAt.getTime() === Date.parse(startsAt)) return undefined;
  return 'event_moved';
}
