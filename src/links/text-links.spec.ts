/** Addresses in texts, and where they end. */
import { replaceAddresses } from './text-links.js';

const replaced = (text: string): string => replaceAddresses(text, (address) => `[${address}]`);

test.each([
  ['Tickets: https://a.example/t/1.', 'Tickets: [https://a.example/t/1].'],
  ['(see https://a.example/x)', '(see [https://a.example/x])'],
  ['https://a.example/wiki/Stage_(music) now', '[https://a.example/wiki/Stage_(music)] now'],
  ['https://a.example/?q=a,b!\nHTTP://b.example', '[https://a.example/?q=a,b]!\n[HTTP://b.example]'],
  ['„https://a.example“ & <https://b.example>', '„[https://a.example“] & <[https://b.example]>'],
  ['a.example/x and ftp://a.example', 'a.example/x and ftp://a.example'],
])('In %j the addresses end where the sentence goes on', (text, expected) => {
  expect(replaced(text)).toBe(expected);
});

test('An address without another stays as it is', () => {
  expect(replaceAddresses('https://a.example/.', () => undefined)).toBe('https://a.example/.');
});
