/** What a provider's list proves. */
import type { Content, Trace } from '../../providers/index.js';
import { findingOf } from './doubt.js';

const SINCE = new Date('2026-11-21T12:00:00Z');
const TEXT: Content = { kind: 'text', body: 'Doors at 19:00' };
const PICKED: Content = { kind: 'content-template', contentSid: 'HX1', variables: {} };

const trace = (body: string | undefined, minutesLater = -1): Trace => ({
  providerMessageId: 'SM1',
  status: 'sent',
  createdAt: new Date(SINCE.getTime() + minutesLater * 60_000),
  ...(body === undefined ? {} : { body }),
});

test.each<[string, Content, Trace[], string]>([
  ['an empty list proves that it was not accepted', TEXT, [], 'absent'],
  ['an empty list proves it for a template too', PICKED, [], 'absent'],
  ['the same text proves that it was accepted', TEXT, [trace('Doors at 20:00'), trace('Doors at 19:00')], 'taken'],
  ['another text proves nothing', TEXT, [trace('Doors at 20:00')], 'unclear'],
  ['a text without a body proves nothing', TEXT, [trace(undefined)], 'unclear'],
  ['the same text much later is another message', TEXT, [trace('Doors at 19:00', 2)], 'unclear'],
  ['anything may be a template', PICKED, [trace('Doors at 19:00')], 'unclear'],
])('A message in doubt: %s', (_, content, traces, kind) => {
  expect(findingOf(content, SINCE, traces).kind).toBe(kind);
});
