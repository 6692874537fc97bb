/** Decimals of currencies, as ISO 4217 has them. */

/**
 * Every currency of ISO 4217's List One whose minor unit is not 2, by the list of 2024-06-25 and the amendments since, which
 * change none of these. Not Intl's, which follow what shops print and differ between versions of Node (HUF, COP, IDR, PKR, RSD).
 */
const OTHERS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const MINOR_UNITS = new Map(
  Object.entries(OTHERS).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
);

/** Of a currency code in capitals. */
export const minorUnits = (currency: string): number => MINOR_UNITS.get(currency) ?? 2;
