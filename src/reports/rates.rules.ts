/** Shares and averages of whole numbers, each rounded once, half away from zero. Pure. */

/** Decimal places of a share. */
const PLACES = 10_000n;

/** A share such as 0.9731, to four places; null of nothing. */
export function rate(part: number, whole: number): number | null {
  const share = divided(BigInt(part) * PLACES, whole);
  return share === null ? null : Number(share) / Number(PLACES);
}

/** What one of so many comes to, in whole micros; null of none. */
export function microsEach(micros: bigint, count: number): number | null {
  const each = divided(micros, count);
  return each === null ? null : Number(each);
}

function divided(dividend: bigint, divisor: number): bigint | null {
  if (divisor <= 0) return null;
  const by = BigInt(divisor);
  const half = dividend < 0n ? -by : by;
  return (2n * dividend + half) / (2n * by);
}
