/** What must be so when a message is sent, pure. */
import fc from 'fast-check';
import { HOST_KINDS, STALE_REASONS, type HostFacts, type StaleReason } from '../../host-data/index.js';
import type { StoredHostRefs } from '../../ledger/index.js';
import { endOf, hostRefsOf, obstacleOf } from './host.rules.js';

const STARTS = '2027-03-27T19:00:00.000Z';
const REFS = hostRefsOf({ orderId: 'A-1', eventId: 'E-1' });

interface State {
  readonly order: 'open' | 'confirmed' | 'cancelled' | 'refunded';
  readonly event: 'scheduled' | 'rescheduled' | 'cancelled';
  readonly startsAt: string;
  readonly attendee: string;
  readonly missing: HostFacts['missing'];
}

const GOOD: State = {
  order: 'confirmed',
  event: 'scheduled',
  startsAt: STARTS,
  attendee: 'waitlisted',
  missing: undefined,
};

const factsOf = ({ order, event, startsAt, attendee, missing }: State): HostFacts => ({
  order: { id: 'A-1', status: order, customerId: 'C-1', attributes: {} },
  event: {
    id: 'E-1',
    name: 'Opening',
    startsAt: new Date(startsAt),
    timezone: 'Europe/Berlin',
    status: event,
    attributes: {},
  },
  attendee: { id: 'T-1', eventId: 'E-1', customerId: 'C-1', status: attendee, attributes: {} },
  refs: REFS,
  missing,
});
const verdict = (state: Partial<State>, refs: StoredHostRefs = {}): unknown => {
  const obstacle = obstacleOf(factsOf({ ...GOOD, ...state }), refs);
  return obstacle && 'untrue' in obstacle ? obstacle.untrue : obstacle;
};

test.each<[string, Partial<State>, StoredHostRefs, unknown]>([
  ['all is well', {}, {}, undefined],
  ['the order is cancelled', { order: 'cancelled' }, {}, 'order_cancelled'],
  ['a cancelled order is allowed', { order: 'cancelled' }, { allow: ['order_cancelled'] }, undefined],
  ['another reason is allowed', { order: 'cancelled' }, { allow: ['order_refunded'] }, 'order_cancelled'],
  ['the event begins as planned, in another zone', {}, { startsAt: '2027-03-27T20:00:00+01:00' }, undefined],
  ['the event begins later', { startsAt: '2027-03-27T19:30:00Z' }, { startsAt: STARTS }, 'event_moved'],
  ['nobody planned for the old time', { startsAt: '2027-03-27T19:30:00Z' }, {}, undefined],
  ['the event has a time that it must not be sent after', {}, { notAfter: 'event.startsAt' }, undefined],
  ['nobody says when the event ends', {}, { notAfter: 'event.endsAt' }, 'event_time_unknown'],
  ['the attendee still is on the list', {}, { attendeeStatus: 'waitlisted' }, undefined],
  ['the attendee has a place', { attendee: 'registered' }, { attendeeStatus: 'waitlisted' }, 'attendee_status_changed'],
  ['the attendee has cancelled', { attendee: 'cancelled' }, { attendeeStatus: 'waitlisted' }, 'attendee_cancelled'],
  [
    'an attendee who has cancelled is allowed, and was meant to be on the list',
    { attendee: 'cancelled' },
    { attendeeStatus: 'waitlisted', allow: ['attendee_cancelled'] },
    'attendee_status_changed',
  ],
  ['the customer is unknown', { missing: 'customer_unknown' }, {}, { unknown: 'customer' }],
  ['the event cannot be read', { missing: 'event_unreadable' }, {}, { unreadable: 'event' }],
])('a message where %s', (_, state, refs, expected) => {
  expect(verdict(state, refs)).toEqual(expected);
});

test('a message that is planned for an event that is there no more is about an unknown one', () => {
  expect(obstacleOf({ ...factsOf(GOOD), event: undefined }, { startsAt: STARTS })).toEqual({ unknown: 'event' });
});

test.each<[string, string | null, StoredHostRefs | null, object | null, unknown]>([
  ['nobody said', null, null, null, undefined],
  ['its caller gave a time', STARTS, null, null, { at: new Date(STARTS), reason: 'expired' }],
  ['the host was asked for other things', null, {}, { event: { startsAt: STARTS } }, undefined],
  [
    'its event begins',
    null,
    { notAfter: 'event.startsAt' },
    { event: { startsAt: STARTS } },
    { at: new Date(STARTS), reason: 'event_started' },
  ],
  [
    'its event ends before its own time',
    '2027-03-28T00:00:00Z',
    { notAfter: 'event.endsAt' },
    { event: { startsAt: '2027-03-27T18:00:00.000Z', endsAt: STARTS } },
    { at: new Date(STARTS), reason: 'event_ended' },
  ],
  [
    'its own time comes before its event begins',
    STARTS,
    { notAfter: 'event.startsAt' },
    { event: { startsAt: '2027-03-28T00:00:00.000Z' } },
    { at: new Date(STARTS), reason: 'expired' },
  ],
])('a message is of use until the first of its ends: %s', (_, expiresAt, refs, known, expected) => {
  const message = { expires_at: expiresAt, host_refs: refs, host_data: known as Record<string, unknown> | null };
  expect(endOf(message)).toEqual(expected);
});

test('what is missing can be allowed by nothing, and what is allowed takes nothing else along', () => {
  const state = fc.record({
    order: fc.constantFrom<State['order']>('open', 'confirmed', 'cancelled', 'refunded'),
    event: fc.constantFrom<State['event']>('scheduled', 'rescheduled', 'cancelled'),
    startsAt: fc.constant(STARTS),
    unknown: fc.option(fc.constantFrom(...HOST_KINDS), { nil: undefined }),
  });
  fc.assert(
    fc.property(state, fc.subarray<StaleReason>([...STALE_REASONS]), ({ unknown, ...known }, allow) => {
      const reasons: (StaleReason | false)[] = [
        known.order === 'cancelled' && 'order_cancelled',
        known.order === 'refunded' && 'order_refunded',
        known.event === 'cancelled' && 'event_cancelled',
      ];
      const left = reasons.filter((reason) => reason !== false && !allow.includes(reason));
      const found = verdict({ ...known, ...(unknown && { missing: `${unknown}_unknown` }) }, { allow });
      if (unknown !== undefined) return JSON.stringify(found) === JSON.stringify({ unknown });
      return left.length === 0 ? found === undefined : left.some((reason) => reason === found);
    }),
  );
});
