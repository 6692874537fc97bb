import fc from 'fast-check';
import { amountText, MOST_PER_UNIT, readAmount, rounded } from './money.js';

const amounts = fc.bigInt({ min: 0n, max: BigInt(MOST_PER_UNIT) * 1_000_000n });

describe('Money', () => {
  test.each([
    ['0.0079', 7_900n],
    ['0', 0n],
    ['1', 1_000_000n],
    ['1.000000', 1_000_000n],
    [' 0.000001 ', 1n],
    ['0001.5', 1_500_000n],
    ['100000', 100_000_000_000n],
  ])('reads %s exactly', (text, micros) => {
    expect(readAmount(text)).toBe(micros);
  });

  test.each(['', '.5', '5.', '-1', '+1', '1,5', '1e-3', '1_000', '0x1', '$1', '100001', '１', 'NaN'])(
    'does not read %j as an amount',
    (text) => {
      expect(readAmount(text)).toBe('unclear_amount');
    },
  );

  test('refuses digits beyond a micro instead of rounding them away', () => {
    expect(readAmount('0.0079001')).toBe('too_precise');
    expect(readAmount('0.0079000')).toBe('too_precise');
  });

  test('is written as the text that is read as the same amount', () => {
    fc.assert(fc.property(amounts, (micros) => expect(readAmount(amountText(micros))).toBe(micros)));
    expect(amountText(7_900n)).toBe('0.0079');
    expect(amountText(2_000_000n)).toBe('2');
  });

  test('rounds a half away from zero, so that a credit is exactly minus its charge', () => {
    const denominators = fc.bigInt({ min: 1n, max: 10n ** 6n });
    fc.assert(
      fc.property(amounts, denominators, (numerator, denominator) => {
        const whole = rounded(numerator, denominator);
        expect(rounded(-numerator, denominator)).toBe(-whole);
        const twice = 2n * (whole * denominator - numerator);
        expect(twice > -denominator && twice <= denominator).toBe(true);
      }),
    );
    expect([rounded(5n, 10n), rounded(-5n, 10n), rounded(4n, 10n), rounded(-15n, 10n)]).toEqual([1n, -1n, 0n, -2n]);
  });
});
