/** The Liquid filter `money`. */
import { minorUnits } from '../../kernel/plain.js';
import { UnusableValue } from './printing.js';
import { formatter, remembered } from '../remembered.js';

const MICRO_DIGITS = 6;

const formats = remembered((currency, locale) => {
  const digits = minorUnits(currency.toUpperCase());
  return formatter(
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: 'negative', // nothing is owed when -0.004 is rounded
      }),
    'money knows no such currency or locale',
  );
});

/**
 * `{{ order.total | money: order.currency }}` or `{{ order.total | money: 'EUR', 'de-DE' }}`: an amount in integer micros
 * (millionths of the currency's unit), an ISO 4217 code and a BCP 47 locale (default `en`), rounded half away from zero to the
 * currency's minor unit by ISO 4217. Spaces and the minus sign are plain, as the typographic ones of many locales would turn an
 * SMS into UCS-2. @throws UnusableValue
 */
export function money(amount: unknown, currency: unknown, locale: unknown = 'en'): string {
  if (typeof currency !== 'string') throw new UnusableValue("money needs a currency, as in money: 'EUR'");
  return formats(currency, String(locale))
    .format(unitsOf(amount))
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .replaceAll('\u2212', '-');
}

/** As decimal text, which Intl rounds exactly; a number of units would be binary by then. */
function unitsOf(amount: unknown): `${number}` {
  const text = Number.isSafeInteger(amount) || typeof amount === 'string' ? String(amount) : '';
  const [, sign = '', digits] = /^(-?)0*(\d{1,30})$/.exec(text) ?? [];
  if (digits === undefined) throw new UnusableValue('money needs an amount in whole micros');
  const padded = digits.padStart(MICRO_DIGITS + 1, '0');
  return `${sign}${padded.slice(0, -MICRO_DIGITS)}.${padded.slice(-MICRO_DIGITS)}` as `${number}`;
}
