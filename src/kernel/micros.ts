/** Amounts of money, which providers and price lists write as decimal text. */

/** Decimals of a micro, a millionth of a currency's unit. */
const DECIMALS = 6;
const AMOUNT = /^(-?\d{1,12})(?:\.(\d+))?$/;

/** The micros that a decimal text such as `-0.0079` says, exactly; undefined if it is none, or has more decimals than a micro. */
export function readMicros(text: string): bigint | undefined {
  const [, whole, decimals = ''] = AMOUNT.exec(text) ?? [];
  if (whole === undefined || decimals.length > DECIMALS) return undefined;
  return BigInt(whole + decimals.padEnd(DECIMALS, '0'));
}
