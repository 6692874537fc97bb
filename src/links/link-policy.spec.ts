/** Which links are counted. */
import { isCounted, webLinkOf, type LinkPolicy } from './link-policy.js';

const policy: LinkPolicy = {
  hosts: ['example.com', 'tickets.example'],
  categories: new Set(),
  base: 'https://callboard.example/l/',
};
const counts = (address: string): boolean => {
  const link = webLinkOf(address);
  return link !== null && isCounted(policy, link);
};

test.each([
  'https://example.com',
  'http://www.example.com/spring?a=1#top',
  'https://EXAMPLE.com:8443/',
  'https://a.b.tickets.example/x',
])('%s is counted', (address) => {
  expect(counts(address)).toBe(true);
});

test.each([
  'https://example.com.evil.example/',
  'https://notexample.com/',
  'https://evil.example/?https://example.com',
  'https://example.com@evil.example/',
  'https://ana:secret@example.com/',
  'https://example.com/u/token',
  'https://example.com/l/token',
  'mailto:ana@example.com',
  'tel:+4915212345678',
  'javascript:alert(1)',
  '#top',
  '/spring',
  'example.com',
  `https://example.com/${'x'.repeat(2_000)}`,
  'https://exa mple.com/',
])('%s is not counted', (address) => {
  expect(counts(address)).toBe(false);
});
