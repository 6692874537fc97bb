/** Writes a price list as the CSV that an import takes. Equal prices make equal text, whose hash is a version's. */
import { createHash } from 'node:crypto';
import { amountText } from './money.js';
import type { PriceLine } from './price-line.js';
import { PRICE_COLUMNS } from './price-row.js';
import { sinceText } from './price-time.js';

/** No value has a comma, a quote or a line break in it, or begins like a formula; prefixes are the numbers that they look like. */
export function priceCsv(lines: readonly PriceLine[], currency: string): string {
  const rows = lines.map((line) => cellsOf(line, currency).join(','));
  return [PRICE_COLUMNS.join(','), ...rows].map((row) => `${row}\n`).join('');
}

/** SHA-256 in hex. */
export const hashOf = (csv: string): string => createHash('sha256').update(csv).digest('hex');

function cellsOf({ fromUnit, validFrom, rate, ...scope }: PriceLine, currency: string): (string | null)[] {
  return [
    scope.channel,
    scope.direction,
    scope.country,
    scope.prefix,
    scope.senderType,
    scope.category,
    scope.provider,
    rate.kind === 'markup' ? null : rate.unit,
    fromUnit > 1 ? String(fromUnit) : null,
    validFrom && sinceText(validFrom),
    rate.kind === 'price' ? amountText(rate.price) : null,
    rate.kind === 'price' && rate.carrierFee > 0n ? amountText(rate.carrierFee) : null,
    rate.kind === 'markup' ? percentText(rate.basisPoints) : null,
    rate.kind === 'markup' && rate.fixed > 0n ? amountText(rate.fixed) : null,
    rate.kind === 'allowance' ? String(rate.included) : null,
    currency,
  ];
}

const percentText = (basisPoints: bigint): string => amountText(basisPoints * 10_000n);
