/** Amounts of statements: exact where they are added up, rounded once where they are paid. */
import { minorUnits } from '../../kernel/index.js';
import { amountText, rounded } from '../prices/money.js';

/** Decimals of a micro. */
const DECIMALS = 6;

/** The shortest decimal text of an amount, exact. */
export const decimalText = (micros: bigint): string => (micros < 0n ? `-${amountText(-micros)}` : amountText(micros));

/** The micros next to an amount that can be paid, by ISO 4217; a half goes away from zero. */
export function roundedToMinor(micros: bigint, currency: string): bigint {
  const micro = 10n ** BigInt(DECIMALS - minorUnits(currency));
  return rounded(micros, micro) * micro;
}

/** Decimals that amounts of a currency need to be written exactly, and at least those of its minor unit. */
export const decimalsOf = (amounts: readonly bigint[], currency: string): number =>
  amounts.reduce(
    (most, micros) => Math.max(most, decimalText(micros).split('.')[1]?.length ?? 0),
    minorUnits(currency),
  );
