/** Shares and averages are exact, and rounded once. */
import fc from 'fast-check';
import { microsEach, rate } from './rates.rules.js';

const counts = fc.integer({ min: 1, max: 1_000_000_000 });

describe('A share', () => {
  test.each([
    [1, 3, 0.3333],
    [2, 3, 0.6667],
    [1, 20_000, 0.0001],
    [-1, 20_000, -0.0001],
    [1, 20_001, 0],
    [5, 4, 1.25],
    [0, 7, 0],
  ])('of %d in %d is %d', (part, whole, expected) => {
    expect(rate(part, whole)).toBe(expected);
  });

  test.each([0, -1])('of %d is of nothing', (whole) => {
    expect(rate(1, whole)).toBeNull();
  });
});

describe('What each comes to', () => {
  test('multiplied again is the sum but for half a micro each', () => {
    fc.assert(
      fc.property(fc.integer(), counts, (micros, count) => {
        const each = BigInt(microsEach(BigInt(micros), count) ?? 0);
        const rest = 2n * (BigInt(micros) - each * BigInt(count));
        expect(rest <= BigInt(count) && rest >= -BigInt(count)).toBe(true);
      }),
    );
  });

  test('is not known of none', () => {
    expect(microsEach(8_290_000n, 0)).toBeNull();
  });
});
