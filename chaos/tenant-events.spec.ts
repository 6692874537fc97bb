/** What the oracle says of events that a tenant was told. */
import { outOfOrder, untold, type Arrival, type Fact } from './tenant-events.js';

const FACTS: readonly Fact[] = ['queued', 'sent', 'delivered'].map((kind, place) => ({
  messageId: 'm-1',
  kind,
  position: place + 1,
}));
const told = (...positions: readonly number[]): Arrival[] =>
  positions.map((position) => ({ type: `message.${position}`, messageId: 'm-1', position }));
const STOP = { type: 'consent.opted_out', address: '+15551230001', status: 'opted_out' };

test('a tenant that was told everything, some of it twice, lacks nothing', () => {
  expect(untold([...told(1, 2, 1, 3, 3), STOP], FACTS, [STOP.address])).toEqual([]);
  expect(outOfOrder([...told(1, 2, 1, 3, 3), STOP])).toEqual([]);
});

test('what was never told is found', () => {
  expect(untold(told(1, 3), FACTS, [STOP.address])).toEqual(['not told: sent', 'not told: a STOP']);
});

test('what was first told after a later event is out of order', () => {
  expect(outOfOrder(told(1, 3, 2))).toEqual(['told out of order: message.2']);
});
