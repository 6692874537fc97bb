import { mailbox } from '../../src/providers/mailbox.js';

/** Decodes encoded words as RFC 2047 says: each by itself, the spaces between them dropped. */
const decoded = (phrase: string): string =>
  phrase
    .split(' ')
    .map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? '', 'base64').toString('utf8'))
    .join('');

describe('a mailbox', () => {
  test.each([
    [undefined, 'a@ex.com'],
    ['', 'a@ex.com'],
    ['  ', 'a@ex.com'],
    ['The Venue', '"The Venue" <a@ex.com>'],
    ['Venue, Inc. (UK) <x@y>', '"Venue, Inc. (UK) <x@y>" <a@ex.com>'],
    ['The "Big" \\ One', '"The \\"Big\\" \\\\ One" <a@ex.com>'],
    ['Venue\r\nBcc: all@ex.com', '"Venue Bcc: all@ex.com" <a@ex.com>'],
    ['Café', '=?UTF-8?B?Q2Fmw6k=?= <a@ex.com>'],
  ])('of %j', (name, expected) => {
    expect(mailbox('a@ex.com', name)).toBe(expected);
  });

  test('keeps a long name whole in words of at most 75 characters', () => {
    const name = 'Théâtre 🎭 '.repeat(20).trim();
    const phrase = mailbox('a@ex.com', name).replace(/ <a@ex\.com>$/, '');
    expect(decoded(phrase)).toBe(name);
    for (const word of phrase.split(' ')) expect(word.length).toBeLessThanOrEqual(75);
  });
});
