import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { fileToken, linkedFile } from './file-link.js';

const [key, old] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
const FILE = {
  tenantId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
  id: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e13',
  until: new Date('2027-03-01T18:00:00Z'),
};

test('a token says which file and until when, also under a key that was replaced', () => {
  expect(linkedFile(fileToken(FILE, key), [key])).toEqual(FILE);
  expect(linkedFile(fileToken(FILE, old), [key, old])).toEqual(FILE);
  expect(linkedFile(fileToken(FILE, old), [key])).toBeUndefined();
});

test('a token that was changed anywhere is none', () => {
  const token = fileToken(FILE, key);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'AZaz09-_'), (place, letter) => {
      const changed = token.slice(0, place) + letter + token.slice(place + 1);
      const read = linkedFile(changed, [key]);
      // The last character has bits that say nothing.
      expect(read === undefined || changed === token || place === token.length - 1).toBe(true);
    }),
  );
  for (const text of ['', 'x', token.slice(1), `${token}A`, token.replace(/^./, '*')])
    expect(linkedFile(text, [key])).toBeUndefined();
});
