/** The Liquid filter `money`. */
import { UnusableValue } from './printing.js';
import { formatter, remembered } from '../remembered.js';

const formats = remembered((currency, locale) =>
  formatter(
    () => new Intl.NumberFormat(locale, { style: 'currency', currency }),
    'money knows no such currency or locale',
  ),
);

/**
 * `{{ order.total | money: order.currency }}` or `{{ order.total | money: 'EUR', 'de-DE' }}`: an amount in integer micros
 * (millionths of the currency's unit), an ISO 4217 code and a BCP 47 locale (default `en`), rounded to the currency's decimals.
 * Spaces are plain, as the no-break spaces of many locales would turn an SMS into UCS-2. @throws UnusableValue
 */
export function money(amount: unknown, currency: unknown, locale: unknown = 'en'): string {
  const micros = typeof amount === 'string' && /^-?\d+$/.test(amount) ? Number(amount) : amount;
  if (!Number.isSafeInteger(micros)) throw new UnusableValue('money needs an amount in whole micros');
  if (typeof currency !== 'string') throw new UnusableValue("money needs a currency, as in money: 'EUR'");
  const units = Number(micros) / 1_000_000;
  return formats(currency, String(locale))
    .format(units)
    .replaceAll(/[\u00a0\u202f]/g, ' ');
}
