/** Whether what a message is about still is as it was meant: pure. */
import { stringAt } from '../../kernel/index.js';
import {
  momentOf,
  stale,
  type HostFacts,
  type HostKind,
  type HostRefs,
  type Moment,
  type StaleReason,
} from '../../host-data/index.js';
import type { ClaimedMessage, StoredHostRefs } from '../../ledger/index.js';

/** Why a message must not be sent, as its reason. */
export type Untrue = StaleReason | 'event_moved' | 'event_time_unknown' | 'attendee_status_changed';

/** Why a message is of no use any more, as its reason. */
export type Over = 'event_started' | 'event_ended';

export const OVER: Readonly<Record<Moment, Over>> = {
  'event.startsAt': 'event_started',
  'event.endsAt': 'event_ended',
};

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
export function obstacleOf(
  facts: HostFacts,
  { startsAt, notAfter, attendeeStatus, allow = [] }: StoredHostRefs,
): Obstacle | undefined {
  const unreadable = KINDS.find((kind) => facts.missing === `${kind}_unreadable`);
  if (unreadable !== undefined) return { unreadable };
  const unknown = KINDS.find((kind) => facts.missing === `${kind}_unknown`);
  if (unknown !== undefined) return { unknown };
  if ((startsAt ?? notAfter) !== undefined && !facts.event) return { unknown: 'event' };
  const untrue =
    stale(facts, allow) ?? moved(facts, startsAt) ?? timeless(facts, notAfter) ?? changed(facts, attendeeStatus);
  return untrue && { untrue };
}

function changed({ attendee }: HostFacts, status: string | undefined): Untrue | undefined {
  return status === undefined || attendee?.status === status ? undefined : 'attendee_status_changed';
}

/** Compared by the instant: the same time in another zone is the same. */
function moved({ event }: HostFacts, startsAt: string | undefined): Untrue | undefined {
  if (startsAt === undefined || event?.startsAt.getTime() === Date.parse(startsAt)) return undefined;
  return 'event_moved';
}

const timeless = (facts: HostFacts, notAfter: Moment | undefined): Untrue | undefined =>
  notAfter !== undefined && !momentOf(facts, notAfter) ? 'event_time_unknown' : undefined;

/** From when on a message is of no use, and why. */
export interface End {
  readonly at: Date;
  readonly reason: Over | 'expired';
}

/** By its own word, or by what the host said when it was last read, whichever is sooner. */
export function endOf({
  expires_at: expiresAt,
  host_refs: refs,
  host_data: known,
}: Pick<ClaimedMessage, 'expires_at' | 'host_refs' | 'host_data'>): End | undefined {
  const own: End | undefined = expiresAt === null ? undefined : { at: new Date(expiresAt), reason: 'expired' };
  const time = refs?.notAfter && stringAt(known, ...refs.notAfter.split('.'));
  if (refs?.notAfter === undefined || time === undefined) return own;
  const end: End = { at: new Date(time), reason: OVER[refs.notAfter] };
  return own && own.at <= end.at ? own : end;
}
