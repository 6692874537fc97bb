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
  ])('shows %s micros of %s (%s) as %s', (micros, currency, locale, expected) => {
    expect(money(micros, currency, locale)).toBe(expected);
  });

  test('keeps an SMS in GSM-7, whatever the locale’s spaces', () => {
    expect(countSegments(money(1_234_500_000, 'EUR', 'fr-FR')).encoding).toBe('GSM-7');
  });

  test.each([
    ['a fraction', 1.5, 'EUR', 'en'],
    ['a text', 'twelve', 'EUR', 'en'],
    ['more than can be exact', 2 ** 60, 'EUR', 'en'],
    ['nothing', null, 'EUR', 'en'],
    ['no currency', 1, undefined, 'en'],
    ['a currency that is none', 1, 'EURO', 'en'],
    ['a bad locale', 1, 'EUR', 'no such locale'],
  ])('rejects %s', (_what, micros, currency, locale) => {
    expect(() => money(micros, currency, locale)).toThrow(UnusableValue);
  });
});
