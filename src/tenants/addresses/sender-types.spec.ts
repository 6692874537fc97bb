import { senderTypeOf } from './sender-types.js';

test.each([
  ['+14155550123', 'long_code'],
  ['+18005550123', 'toll_free'],
  ['+4915112345678', 'mobile'],
  ['+493012345678', 'long_code'],
  ['12345', 'short_code'],
  ['TICKETS', 'alphanumeric'],
  [`MG${'0'.repeat(32)}`, null],
])('%s is priced as %s', (address, type) => {
  expect(senderTypeOf(address)).toBe(type);
});
