/** What lists of other providers say. */
import { readReason } from './suppression-columns.js';

test.each([
  ['hard_bounce', 'hard_bounce'],
  ['BOUNCE', 'hard_bounce'],
  ['550 5.1.1 The email account that you tried to reach does not exist', 'hard_bounce'],
  ['COMPLAINT', 'complaint'],
  ['spamreport', 'complaint'],
  ['Invalid address', 'invalid_address'],
  ['Soft Bounce', 'soft_bounce'],
  ['manual', 'manual'],
  ['450 4.2.2 mailbox full', undefined],
  ['unsubscribed', undefined],
  ['', undefined],
])('%j reads as %s', (text, reason) => {
  expect(readReason(text)).toBe(reason);
});
