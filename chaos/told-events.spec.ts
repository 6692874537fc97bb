/** What the oracle says of events: pure. */
import { repeatedSteps, unfinishedEvents, type KnownEvent } from './told-events.js';
import type { Told } from './scenario.js';

const STEPS = ['steps[0]', 'steps[2]'];
const STANDS: Told = { id: 'told-1', type: 'order.confirmed', orderId: 'order-1' };
const REFUNDED: Told = { id: 'told-2', type: 'order.confirmed', orderId: 'order-3' };
const RETURNED: Told = { id: 'told-3', type: 'order.returned', orderId: 'order-1' };
const NO_RUN: KnownEvent = { id: 'told-3', status: null, sent: 0, steps: [] };
const SENT: KnownEvent = { id: 'told-1', status: 'done', sent: 2, steps: STEPS };
const LEFT_ALONE: KnownEvent = { id: 'told-2', status: 'stopped', sent: 0, steps: [] };

test('Nothing is wrong where each event has one run, with each message once', () => {
  expect(unfinishedEvents([STANDS, REFUNDED], [LEFT_ALONE, SENT])).toEqual([]);
  expect(repeatedSteps([SENT, LEFT_ALONE])).toEqual([]);
});

test.each([0, 1, 2])('A return may end a run that was told of before it, with %i messages', (sent) => {
  const stopped: KnownEvent = { ...SENT, status: 'stopped', sent, steps: STEPS.slice(0, sent) };
  expect(unfinishedEvents([STANDS, RETURNED], [stopped, NO_RUN])).toEqual([]);
  expect(unfinishedEvents([STANDS, RETURNED], [SENT, NO_RUN])).toEqual([]);
  const wrong = [`an event: stopped, ${sent} sent, ${sent} messages`];
  expect(unfinishedEvents([RETURNED, STANDS], [NO_RUN, stopped])).toEqual(wrong);
});

test.each<[string, Told, KnownEvent[], string]>([
  ['is a return, and began a run', RETURNED, [{ ...SENT, id: 'told-3' }], 'a return that began a run'],
  ['was lost', STANDS, [], 'not stored'],
  ['began nothing', STANDS, [{ id: 'told-1', status: null, sent: 0, steps: [] }], 'no run'],
  ['began two runs', STANDS, [SENT, SENT], '2 runs'],
  ['began two runs that both left it alone', REFUNDED, [LEFT_ALONE, LEFT_ALONE], '2 runs'],
  ['has a run that waits', STANDS, [{ ...SENT, status: 'waiting' }], 'waiting, 2 sent, 2 messages'],
  ['has a run that was stopped', STANDS, [{ ...SENT, status: 'stopped' }], 'stopped, 2 sent, 2 messages'],
  ['has a message less than it says', STANDS, [{ ...SENT, steps: STEPS.slice(1) }], 'done, 2 sent, 1 messages'],
  ['has a message that its run knows nothing of', STANDS, [{ ...SENT, sent: 1 }], 'done, 1 sent, 2 messages'],
  ['wrote about an order that was refunded', REFUNDED, [{ ...SENT, id: 'told-2' }], 'done, 2 sent, 2 messages'],
])('An event that %s is reported', (_, told, known, wrong) => {
  expect(unfinishedEvents([told], known)).toEqual([`an event: ${wrong}`]);
});

test('An event that nobody told is reported', () => {
  expect(unfinishedEvents([], [SENT])).toEqual(['an event: told by nobody']);
});

test.each<[string, KnownEvent[]]>([
  ['one run', [{ ...SENT, steps: ['steps[0]', ...STEPS] }]],
  ['two runs', [SENT, { ...SENT, steps: ['steps[0]'] }]],
])('A step that is made twice for an event is reported, of %s', (_, known) => {
  expect(repeatedSteps(known)).toEqual(['made twice for an event: steps[0]']);
});
