import { bestLanguage, canonicalLanguage, languageOf } from './languages.js';

describe('The language of a template that a reader gets', () => {
  test.each<[string, string[], string | undefined]>([
    ['de', ['en', 'de'], 'de'],
    ['de-AT', ['en', 'de'], 'de'],
    ['de-AT', ['de', 'de-AT'], 'de-AT'],
    ['de_AT.UTF-8', ['de'], 'de'],
    ['DE', ['de'], 'de'],
    ['pt', ['en', 'pt-BR'], 'pt-BR'],
    ['pt-PT', ['pt-BR', 'pt'], 'pt'],
    ['zh-TW', ['zh-Hans', 'zh-Hant'], 'zh-Hant'],
    ['zh-TW', ['zh'], undefined],
    ['zh-CN', ['zh'], 'zh'],
    ['zh-Hant-HK', ['zh-TW'], 'zh-TW'],
    ['sr', ['sr-Latn'], undefined],
    ['nb', ['no'], 'no'],
    ['iw', ['he'], 'he'],
    ['fr', ['en', 'de'], undefined],
    ['German', ['de'], undefined],
    ['', ['de'], undefined],
  ])('for %j among %j is %j', (wanted, offered, expected) => {
    expect(bestLanguage(wanted, offered)).toBe(expected);
  });

  test('is named by the data, else by their locale, else by the host’s customer', () => {
    const customer = { language: 'fr' };
    expect(languageOf({ language: 'de', locale: 'es', customer })).toBe('de');
    expect(languageOf({ language: '', locale: 'es', customer })).toBe('es');
    expect(languageOf({ language: 7, customer })).toBe('fr');
    expect(languageOf({ customer: 'fr' })).toBeUndefined();
  });

  test('is no language where the tag is none', () => {
    expect(['pt_br', 'x', 'de--AT', 'german language'].map(canonicalLanguage)).toEqual([
      'pt-BR',
      undefined,
      undefined,
      undefined,
    ]);
  });
});
