/** Money: whole micros (millionths) of a currency, as bigint, so that no sum is ever rounded. */
import { readMicros } from '../../kernel/index.js';

/** A currency as ISO 4217. */
export const CURRENCY = /^[A-Z]{3}$/;

/** Decimals of a micro. */
const DECIMALS = 6;
/** The most that one unit may cost, in units of the currency. */
export const MOST_PER_UNIT = 100_000;

const AMOUNT = /^\d{1,6}(?:\.\d+)?$/;

export type AmountFault = 'unclear_amount' | 'too_precise';

/** The micros that a decimal text such as `0.0079` says, exactly, or what is wrong with it. */
export function readAmount(text: string): bigint | AmountFault {
  const amount = text.trim();
  if (!AMOUNT.test(amount) || Number.parseInt(amount, 10) > MOST_PER_UNIT) return 'unclear_amount';
  return readMicros(amount) ?? 'too_precise';
}

/** The shortest decimal text that `readAmount` reads as these micros, of which there are none below zero. */
export function amountText(micros: bigint): string {
  const digits = String(micros).padStart(DECIMALS + 1, '0');
  const decimals = digits.slice(-DECIMALS).replace(/0+$/, '');
  return digits.slice(0, -DECIMALS) + (decimals && `.${decimals}`);
}

/**
 * The whole number next to a fraction; a half goes away from zero. So a credit is exactly minus its charge, which it is not where
 * halves go up.
 */
export function rounded(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * (numerator < 0n ? -numerator : numerator) + denominator;
  const size = doubled / (2n * denominator);
  return numerator < 0n ? -size : size;
}
