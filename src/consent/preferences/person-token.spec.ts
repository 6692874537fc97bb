/** Tokens of links, pure: real AES and HMAC. */
import fc from 'fast-check';
import { KeyRing } from '../../kernel/index.js';
import { sealed, unsealed, type LinkedPerson, type LinkKeys } from './person-token.js';

const ringOf = (...fills: readonly number[]): LinkKeys[] => {
  const ring = KeyRing.parse(fills.map((fill) => `k${fill}:${Buffer.alloc(32, fill).toString('base64')}`).join(','));
  return ring.derive('code').map((code, index) => ({ code, cipher: ring.derive('cipher')[index] ?? code }));
};
const [ours] = ringOf(1) as [LinkKeys];

const anyone: fc.Arbitrary<LinkedPerson> = fc.record({
  purpose: fc.constantFrom('preferences', 'opt-in'),
  venueId: fc.uuid(),
  subjectId: fc.uuid(),
  channel: fc.constantFrom('email', 'sms', 'whatsapp', 'voice'),
  address: fc.oneof(fc.emailAddress(), fc.string({ minLength: 1, unit: 'grapheme' })),
});

test('A token is read as whom it was made of, and is the same each time', () => {
  fc.assert(
    fc.property(anyone, (person) => {
      const token = sealed(person, ours);
      expect(token).toMatch(/^[\w-]+$/);
      expect(sealed(person, ours)).toBe(token);
      expect(unsealed(token, [ours])).toEqual(person);
    }),
  );
});

test('A token shows neither the address nor that two are of the same person', () => {
  const ana: LinkedPerson = {
    purpose: 'preferences',
    venueId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
    subjectId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e13',
    channel: 'email',
    address: 'ana@example.com',
  };
  const bytes = (token: string): Buffer => Buffer.from(token, 'base64url');
  const [one, other] = [ana, { ...ana, subjectId: ana.venueId }].map((person) => bytes(sealed(person, ours)));
  expect(one?.includes('ana@example.com')).toBe(false);
  expect(one?.length).toBe(other?.length);
  expect(one?.filter((byte, index) => byte === other?.[index]).length).toBeLessThan(20);
});

test('A token with any bit changed, cut short, or of another ring, is none', () => {
  fc.assert(
    fc.property(anyone, fc.nat(), fc.nat({ max: 7 }), (person, at, bit) => {
      const bytes = Buffer.from(sealed(person, ours), 'base64url');
      const place = at % bytes.length;
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ (1 << bit);
      expect(unsealed(changed.toString('base64url'), [ours])).toBeUndefined();
      expect(unsealed(bytes.subarray(0, place).toString('base64url'), [ours])).toBeUndefined();
      expect(unsealed(bytes.toString('base64url'), ringOf(2))).toBeUndefined();
    }),
  );
});

test('After a rotation the old key reads its tokens still, and the new one makes them', () => {
  fc.assert(
    fc.property(anyone, (person) => {
      const rotated = ringOf(2, 1);
      expect(unsealed(sealed(person, ours), rotated)).toEqual(person);
      expect(unsealed(sealed(person, rotated[0] as LinkKeys), [ours])).toBeUndefined();
    }),
  );
});
