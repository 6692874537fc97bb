import { money } from './money.filter.js';
import { UnusableValue } from './printing.js';
import { countSegments } from '../segments.js';

describe('The filter money', () => {
  test.each([
    [12_500_000, 'EUR', undefined, '€12.50'],
    ['12500000', 'EUR', undefined, '€12.50'],
    [0, 'USD', undefined, '$0.00'],
    [-5_000_000, 'GBP', undefined, '-£5.00'],
    [1_234_567_890_000, 'EUR', 'de-DE', '1.234.567,89 €'],
    [1_234_500_000, 'EUR', 'fr-FR', '1 234,50 €'],
    [1_500_000_000, 'JPY', undefined, '¥1,500'],
    [1_005_000, 'EUR', undefined, '€1.01'],
    [8_300, 'USD', undefined, '$0.01'],
    ['9007199254740993120000', 'EUR', undefined, '€9,007,199,254,740,993.12'],
    ['000000000000000000000000000000012500000', 'EUR', undefined, '€12.50'],
    [1_115_000, 'EUR', undefined, '€1.12'],
    [-1_115_000, 'EUR', undefined, '-€1.12'],
    [-4_999, 'USD', undefined, '$0.00'],
    [-0, 'USD', undefined, '$0.00'],
    [-5_000, 'USD', undefined, '-$0.01'],
  ])('shows %s micros of %s (%s) as %s', (micros, currency, locale, expected) => {
    expect(money(micros, currency, locale)).toBe(expected);
  });

  test.each([
    ['HUF', 'hu', '12,35 Ft'],
    ['COP', 'en', 'COP 12.35'],
    ['IDR', 'en', 'IDR 12.35'],
    ['PKR', 'en', 'PKR 12.35'],
    ['RSD', 'en', 'RSD 12.35'],
    ['LBP', 'en', 'LBP 12.35'],
    ['huf', 'en', 'HUF 12.35'],
    ['ISK', 'en', 'ISK 12'],
    ['KRW', 'en', '₩12'],
    ['CLP', 'en', 'CLP 12'],
    ['KWD', 'en', 'KWD 12.345'],
    ['IQD', 'en', 'IQD 12.345'],
    ['CLF', 'en', 'CLF 12.3450'],
  ])('has the decimals of ISO 4217 for %s', (currency, locale, expected) => {
    expect(money(12_345_000, currency, locale)).toBe(expected);
  });

  test.each([
    ['EUR', 'fr-FR', '-1 234,50 €'],
    ['SEK', 'sv', '-1 234,50 kr'],
    ['NOK', 'nb', '-1 234,50 kr'],
    ['EUR', 'fi', '-1 234,50 €'],
    ['EUR', 'sl', '-1234,50 €'],
    ['EUR', 'lt', '-1 234,50 €'],
    ['EUR', 'hr', '-1.234,50 €'],
    ['CHF', 'de-CH', "CHF-1'234.50"],
  ])('keeps an SMS in GSM-7, whatever the spaces and the minus of %s in %s', (currency, locale, expected) => {
    const shown = money(-1_234_500_000, currency, locale);
    expect(shown).toBe(expected);
    expect(countSegments(shown).encoding).toBe('GSM-7');
  });

  test.each([
    ['a fraction', 1.5, 'EUR', 'en'],
    ['a text', 'twelve', 'EUR', 'en'],
    ['an amount with decimals, as text', '84,00', 'EUR', 'en'],
    ['more digits than any amount has', '9'.repeat(31), 'EUR', 'en'],
    ['a list', [1], 'EUR', 'en'],
    ['more than can be exact', 2 ** 60, 'EUR', 'en'],
    ['nothing', null, 'EUR', 'en'],
    ['no currency', 1, undefined, 'en'],
    ['a currency that is none', 1, 'EURO', 'en'],
    ['a bad locale', 1, 'EUR', 'no such locale'],
  ])('rejects %s', (_what, micros, currency, locale) => {
    expect(() => money(micros, currency, locale)).toThrow(UnusableValue);
  });
});
