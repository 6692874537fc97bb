/** The key ring, pure: real AES-256-GCM. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { KeyRing } from './key-ring.js';

const entry = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [entry('old'), entry('new')];
const ring = KeyRing.parse(OLD);

/** An encrypted text with its bytes changed. */
function altered(encrypted: string, change: (bytes: Buffer) => Buffer): string {
  const [id, encoded = ''] = encrypted.split('.');
  return `${id}.${change(Buffer.from(encoded, 'base64url')).toString('base64url')}`;
}

describe('A text encrypted by a key ring', () => {
  test('decrypts to the original, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(ring.decrypt(ring.encrypt(text, context), context)).toBe(text);
      }),
    );
  });

  test('is different every time', () => {
    expect(ring.encrypt('secret', 'account')).not.toBe(ring.encrypt('secret', 'account'));
  });

  test('is not decrypted for another context', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (context, other) => {
        fc.pre(context !== other);
        expect(() => ring.decrypt(ring.encrypt('secret', context), other)).toThrow('unable to authenticate');
      }),
    );
  });

  test('is not decrypted with any bit changed', () => {
    const encrypted = ring.encrypt('secret', 'account');
    const bits = 8 * Buffer.from(encrypted.split('.')[1] ?? '', 'base64url').length;
    for (let bit = 0; bit < bits; bit += 1) {
      const flipped = altered(encrypted, (bytes) => {
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return bytes;
      });
      expect(() => ring.decrypt(flipped, 'account')).toThrow('unable to authenticate');
    }
  });

  test('is not decrypted when truncated, at any length', () => {
    const encrypted = ring.encrypt('', 'account');
    for (let length = 0; length < 28; length += 1) {
      expect(() =>
        ring.decrypt(
          altered(encrypted, (bytes) => bytes.subarray(0, length)),
          'account',
        ),
      ).toThrow(/^Invalid (initialization vector|authentication tag)/);
    }
  });
});

describe('Rotation', () => {
  const rotated = KeyRing.parse(`${NEW},${OLD}`);

  test('encrypts with the first key, and still decrypts with the others', () => {
    const before = ring.encrypt('secret', 'account');
    expect(rotated.decrypt(before, 'account')).toBe('secret');
    expect(rotated.isStale(before)).toBe(true);
    const after = rotated.encrypt('secret', 'account');
    expect(after).toMatch(/^new\./);
    expect(rotated.isStale(after)).toBe(false);
    expect(KeyRing.parse(NEW).decrypt(after, 'account')).toBe('secret');
  });

  test('that dropped a key too early fails with the name of the missing key', () => {
    expect(() => KeyRing.parse(NEW).decrypt(ring.encrypt('secret', 'account'), 'account')).toThrow(
      'lacks the key "old"',
    );
  });

  test('rejects a different key with the same id', () => {
    const other = KeyRing.parse(entry('old'));
    expect(() => other.decrypt(ring.encrypt('secret', 'account'), 'account')).toThrow('unable to authenticate');
  });
});

describe('The text of a ring', () => {
  test('that was generated can be parsed', () => {
    const generated = KeyRing.parse(KeyRing.generate());
    expect(generated.decrypt(generated.encrypt('secret', ''), '')).toBe('secret');
  });

  test.each([
    ['is empty', '', 'entry 1 is not'],
    ['has a key that is too short', `a:${randomBytes(31).toString('base64')}`, 'entry 1 is not'],
    ['has a key that is too long', `a:${randomBytes(33).toString('base64')}`, 'entry 1 is not'],
    ['has an entry without an id', `${OLD},${randomBytes(32).toString('base64')}`, 'entry 2 is not'],
    ['has an id with a dot', entry('a.b'), 'entry 1 is not'],
    ['repeats an id', `${OLD},${entry('old')}`, 'entry 2 repeats the id "old"'],
  ])('is rejected when it %s, and is not quoted', (_, text, fault) => {
    const reading = () => KeyRing.parse(text);
    expect(reading).toThrow(`CALLBOARD_ENCRYPTION_KEYS: ${fault}`);
    const [secret] = text.split(/[:,]/).filter((part) => part.length > 20);
    if (secret) expect(reading).not.toThrow(secret);
  });
});
