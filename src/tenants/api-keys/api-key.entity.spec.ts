import { formatKey, newSecret, parseKey, type KeyPlace } from './api-key.entity.js';

const ID = '0199f3a0-1111-7000-8000-000000000001';
const PLACES: readonly KeyPlace[] = [
  { mode: 'live' },
  { mode: 'test' },
  { mode: 'live', region: 'us' },
  { mode: 'test', region: 'us' },
  { mode: 'live', region: 'us-east-1' },
];

describe('A key', () => {
  test('is read where it was issued, and nowhere else', () => {
    const secret = newSecret();
    for (const place of PLACES) {
      const key = formatKey(place, ID, secret);
      for (const other of PLACES)
        expect(parseKey(other, key)).toEqual(other === place ? { id: ID, secret } : otherwise(other, place, secret));
    }
  });

  test('says its mode first, then its region', () => {
    expect(formatKey({ mode: 'test', region: 'us' }, ID, 's')).toBe('cb_test_us_0199f3a0111170008000000000000001_s');
  });
});

/** A key without a region is older than that of its deployment: it is read there. */
const otherwise = (other: KeyPlace, { mode, region }: KeyPlace, secret: string): object | undefined =>
  region === undefined && other.mode === mode ? { id: ID, secret } : undefined;
