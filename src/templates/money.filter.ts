/** The Liquid filter `money`. */
import { UnusableValue } from './printing.js';
import { remembered } from './remembered.js';

const formats = remembered(
  (currency, locale) => new Intl.NumberFormat(locale, { style: 'currency', currency }),
  'money knows no such currency or locale',
);

/**
 * `{{ order.total | money: order.currency }}` or `{{ order.total | money: 'EUR', 'de-DE' }}`: an amount in integer micros
 * (millionths of the currency's unit), an ISO 4217 code and a BCP 47 locale (`en` where absent), rounded to the currency's
 * decimals. Spaces are plain, as the no-break spaces of many locales would turn an SMS into UCS-2.
 * @throws UnusableValue
 */
export function money(amount: unknown, currency: unknown, locale: unknown = 'en'): string {
  if (!isWhole(amount)) throw new UnusableValue('money needs an amount in whole micros');
  if (typeof currency !== 'string') throw new UnusableValue("money needs a currency, as in money: 'EUR'");
  // As text, so that no amount passes through a binary fraction.
  return formats(currency, String(locale)).format(`${amount}e-6`).replaceAll(/[\u00a0\u202f]/g, ' ');
}

function isWhole(amount: unknown): amount is number | `${number}` {
  return typeof amount === 'string' ? /^-?\d{1,18}$/.test(amount) : Number.isSafeInteger(amount);
}
