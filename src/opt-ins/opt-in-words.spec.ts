/** What texts ask and which answers confirm, pure. */
import fc from 'fast-check';
import { askingText, isYes, TEXT_LANGUAGES } from './opt-in-words.js';

test.each(TEXT_LANGUAGES)('The text in %s names the word that confirms it, however that is typed', (language) => {
  const text = askingText('River Hall', language);
  const [, word = ''] = /(?<!\S)(\p{Lu}{2,})(?!\S*\p{Ll})/u.exec(text) ?? [];
  expect(text).toContain('River Hall');
  expect([word, word.toLowerCase(), ` ${word}! `, word.normalize('NFD')].map(isYes)).toEqual([true, true, true, true]);
});

test('A tag is its language, and one that there is not is English', () => {
  expect(askingText('Hall', 'de-AT')).toBe(askingText('Hall', 'de'));
  expect([askingText('Hall', 'xx'), askingText('Hall')]).toEqual([askingText('Hall', 'en'), askingText('Hall', 'en')]);
});

test('Whatever else somebody writes confirms nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const letters = text.normalize('NFD').replace(/[\s\p{P}\p{M}]/gu, '');
      fc.pre(!/^(yes|ja|oui|si|sim|tak|ano|kylla)$/i.test(letters));
      expect(isYes(text)).toBe(false);
    }),
  );
  expect(['', 'no', 'yes please', 'JAWOHL', 'Y', 'STOP'].map(isYes)).toEqual(Array(6).fill(false));
});
