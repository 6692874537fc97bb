/** What texts have in common, and that nothing of them is lost. */
import fc from 'fast-check';
import { sharedText, type SharedText } from './shared-text.js';

const filled = ({ parts, own }: SharedText): string[] =>
  own.map((values) => {
    const slots = values.values();
    return parts.map((part) => part ?? slots.next().value).join('');
  });

test('filling the slots gives back every text', () => {
  const piece = fc.constantFrom('<p>', '</p>', '\n', 'Ana', 'Ben', '', ' is on ', '👩‍👩‍👧', '\r\n', '>', '-', '$&');
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
      const shared = sharedText(texts);
      expect(filled(shared)).toEqual(texts);
      // No slot beside another, and as many values as slots.
      expect(
        shared.parts.some((part, index) => part === undefined && index > 0 && shared.parts[index - 1] === undefined),
      ).toBe(false);
      const slots = shared.parts.filter((part) => part === undefined).length;
      for (const values of shared.own) expect(values).toHaveLength(slots);
    }),
  );
});

test.each<[string, string[], (string | undefined)[]]>([
  ['one text is shared with itself', ['<p>Ana</p>'], ['<p>Ana</p>']],
  ['the same twice', ['See\nyou', 'See\nyou'], ['See\nyou']],
  ['a line of each one’s own', ['Dear Ana,\nit is on\n', 'Dear Ben,\nit is on\n'], [undefined, 'it is on\n']],
  ['tags in one line', ['<b>A</b><i>x</i>', '<b>B</b><i>x</i>'], ['<b>', undefined, '<i>x</i>']],
  ['one line more', ['Hello\nbye\n', 'Hello\nAna\nbye\n'], ['Hello\n', undefined, 'bye\n']],
  ['nothing in common', ['Ana', 'Ben'], [undefined]],
])('finds what texts share: %s', (_, texts, parts) => {
  const { parts: found } = sharedText(texts);
  expect(found.filter((part) => part !== '')).toEqual(parts);
});
