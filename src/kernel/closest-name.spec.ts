/** Which name was meant. */
import { closestName } from './closest-name.js';

const NAMES = ['to', 'channel', 'sendAt', 'venueId', 'content', 'limit'];

test.each([
  ['the same name in another case', 'sendat', 'sendAt'],
  ['with another separator', 'venue_id', 'venueId'],
  ['with a letter missing', 'chanel', 'channel'],
  ['with a letter too many', 'contents', 'content'],
  ['with two letters swapped', 'limti', 'limit'],
  ['in the plural', 'channels', 'channel'],
  ['of something else', 'priority', undefined],
  ['of one letter', 'x', undefined],
  ['of nothing', '', undefined],
  ['of no letters', '🎟️', undefined],
  ['that is a whole text', 'channel'.repeat(10_000), undefined],
])('A name %s: %.20s', (_, given, meant) => {
  expect(closestName(given, NAMES)).toBe(meant);
});

test('There is none among no names', () => {
  expect(closestName('to', [])).toBeUndefined();
});
