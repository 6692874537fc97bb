/** What the host says of new messages: read for all of a request at once, before they are drafted. */
import { Injectable } from '@nestjs/common';
import { DomainError, InvalidRequest } from '../../kernel/index.js';
import {
  addressOn,
  HostData,
  HostRecordUnreadable,
  momentOf,
  readFacts,
  viewOf,
  type HostFacts,
  type HostKind,
} from '../../host-data/index.js';
import { addressKindOf, normaliseAddress, type Channel } from '../../tenants/index.js';
import type { StoredHostRefs } from '../../ledger/index.js';
import { hostRefsOf, obstacleOf, OVER, type Over, type Untrue } from './host.rules.js';
import { HostRecordUnknown, NoAddress, NotTrueNow } from './messages.errors.js';
import type { HostDataRefs, NewMessage } from './messages.dto.js';

/** Whom a message goes to, and what the host adds to it. Addresses are as they were given. */
export interface Subject {
  readonly to: string;
  readonly alternateTo: string | undefined;
  /** The addresses are the host's. */
  readonly toCustomer: boolean;
  readonly refs: StoredHostRefs | null;
  readonly data: Record<string, unknown> | null;
}

/** What is known of the messages that name something of the host's, or why it is not. */
export type KnownFacts = ReadonlyMap<NewMessage, HostFacts | DomainError>;

/** The fields that each is about. */
const FIELDS: Readonly<Record<Untrue | Over | HostKind, keyof HostDataRefs>> = {
  order: 'orderId',
  customer: 'customerId',
  event: 'eventId',
  attendee: 'attendeeId',
  order_cancelled: 'orderId',
  order_refunded: 'orderId',
  event_cancelled: 'eventId',
  attendee_cancelled: 'attendeeId',
  attendee_status_changed: 'attendeeStatus',
  event_moved: 'startsAt',
  event_started: 'notAfter',
  event_ended: 'notAfter',
  event_time_unknown: 'notAfter',
};

@Injectable()
export class HostSubjects {
  constructor(private readonly host: HostData) {}

  /** Of messages of one tenant. */
  async read(tenantId: string, inputs: readonly NewMessage[]): Promise<KnownFacts> {
    const asked = inputs.flatMap((input) => (input.hostData ? [{ input, refs: refsOf(input.hostData) }] : []));
    if (asked.length === 0) return new Map();
    try {
      const facts = await readFacts(
        this.host,
        tenantId,
        asked.map(({ refs }) => hostRefsOf(refs)),
      );
      return new Map(asked.flatMap(({ input }, place) => (facts[place] ? [[input, facts[place]] as const] : [])));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return new Map(asked.map(({ input }) => [input, error] as const));
    }
  }
}

/**
 * Raises InvalidRequest where it is not said to whom it goes, HostRecordUnknown, NotTrueNow, HostRecordUnreadable and NoAddress, and why nothing is known
 * of what it names.
 */
export function subjectOf(input: NewMessage, known: KnownFacts, country: string | null): Subject {
  const { channel, to, alternateTo, hostData, sendAt } = input;
  if (!hostData) {
    if (to === undefined) throw missing('to', 'to is missing');
    return { to, alternateTo, toCustomer: false, refs: null, data: null };
  }
  const facts = known.get(input);
  if (!facts) throw new Error('what a message names has been read');
  if (facts instanceof DomainError) throw facts;
  const refs = refsOf(hostData);
  if (refs.attendeeStatus !== undefined && refs.attendeeId === undefined)
    throw missing('hostData.attendeeStatus', 'hostData.attendeeStatus is that of an attendee: name one in attendeeId');
  requireTrue(facts, refs);
  requireInTime(facts, refs, new Date(Math.max(Date.now(), sendAt?.getTime() ?? 0)));
  const data = viewOf(facts);
  if (to !== undefined) return { to, alternateTo, toCustomer: false, refs, data };
  return { ...addressesOf(facts, channel, alternateTo, country), refs: { ...refs, toCustomer: true }, data };
}

function requireTrue(facts: HostFacts, refs: StoredHostRefs): void {
  const { orderId, customerId, eventId, attendeeId } = refs;
  if ([orderId, customerId, eventId, attendeeId].every((id) => id === undefined))
    throw missing('hostData', 'hostData must name at least one of orderId, customerId, eventId and attendeeId');
  for (const field of ['startsAt', 'notAfter'] as const)
    if (refs[field] !== undefined && facts.refs.event_ref === null)
      throw missing(`hostData.${field}`, `hostData.${field} is about an event: name it, or an order or attendee of it`);
  const obstacle = obstacleOf(facts, refs);
  if (!obstacle) return;
  if ('unreadable' in obstacle) throw new HostRecordUnreadable(obstacle.unreadable, 'a field is missing, or wrong');
  if ('unknown' in obstacle) throw new HostRecordUnknown(obstacle.unknown).at(`hostData.${FIELDS[obstacle.unknown]}`);
  throw new NotTrueNow(obstacle.untrue).at(`hostData.${FIELDS[obstacle.untrue]}`);
}

/** Raises NotTrueNow for what would be of no use at that time. */
function requireInTime(facts: HostFacts, { notAfter }: StoredHostRefs, time: Date): void {
  const end = notAfter && momentOf(facts, notAfter);
  if (!end || end > time) return;
  throw new NotTrueNow(OVER[notAfter]).at(`hostData.${FIELDS[OVER[notAfter]]}`);
}

function addressesOf(
  { customer, refs }: HostFacts,
  channel: Channel,
  alternateTo: string | undefined,
  country: string | null,
): Pick<Subject, 'to' | 'alternateTo' | 'toCustomer'> {
  if (alternateTo !== undefined)
    throw missing('alternateTo', 'alternateTo goes with `to`: leave both out, and the platform is asked for both');
  if (refs.customer_ref === null)
    throw missing('to', 'to must be given, or hostData must lead to a customer: by customerId, orderId or attendeeId');
  const to = usable(channel, addressOn(channel, customer), country);
  if (to === undefined) throw new NoAddress().at('channel');
  const other = addressKindOf(channel) === 'email' ? 'sms' : 'email';
  return { to, alternateTo: usable(other, addressOn(other, customer), country), toCustomer: true };
}

/** Normalised; undefined if nothing can be sent there. */
export function usable(channel: Channel, address: string | undefined, country: string | null): string | undefined {
  if (address === undefined) return undefined;
  try {
    return normaliseAddress(channel, address, country ?? undefined);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

const missing = (path: string, message: string): InvalidRequest => new InvalidRequest([{ path, message }]);

const refsOf = ({ startsAt, ...refs }: HostDataRefs): StoredHostRefs => ({
  ...refs,
  ...(startsAt && { startsAt: startsAt.toISOString() }),
});
