/** What comes too soon after a message to be a person's. */
import { isTooSoon } from './too-soon.rules.js';

const LEFT = new Date('2026-11-30T12:00:00Z');
const after = (ms: number): Date => new Date(LEFT.getTime() + ms);

test.each([
  ['email', 0, true],
  ['email', 4_999, true],
  ['email', 5_000, false],
  ['sms', 1_999, true],
  ['sms', 2_000, false],
  ['mms', 1_999, true],
  ['email', -5_000, true],
  ['email', -5_001, false],
] as const)('On %s %i ms after it left: %s', (channel, ms, expected) => {
  expect(isTooSoon(channel, after(ms), LEFT)).toBe(expected);
});
