import fc from 'fast-check';
import { date } from './date.filter.js';
import { UnusableValue } from './printing.js';

const EVENT = '2026-11-21T19:05:09Z';
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Chatham'];

describe('The filter date', () => {
  test.each([
    ['%Y-%m-%d %H:%M:%S', '2026-11-21 19:05:09'],
    ['%A %a %B %b %h', 'Saturday Sat November Nov Nov'],
    ['%-d %e %-m %y', '21 21 11 26'],
    ['%I:%M %p, %-l %P, %k', '07:05 PM, 7 pm, 19'],
    ['%^a %^B', 'SAT NOVEMBER'],
    ['%u %w %s', '6 6 1795287909'],
    ['%F %T %R %z %Z', '2026-11-21 19:05:09 19:05 +0000 UTC'],
    ['100%% sure', '100% sure'],
    ['no conversion', 'no conversion'],
  ])('shows %s', (format, expected) => {
    expect(date(EVENT, format)).toBe(expected);
  });

  test('omits padding on request', () => {
    expect(date('2026-01-02T03:04:05Z', '%-d/%-m %-H:%-M %e %k|%d')).toBe('2/1 3:4  2  3|02');
    expect(date('2026-01-02T00:00:00Z', '%-H %I %-l')).toBe('0 12 12');
  });

  test('shows a time in a time zone, with daylight saving time', () => {
    expect(date(EVENT, '%H:%M %z', 'Europe/Berlin')).toBe('20:05 +0100');
    expect(date('2026-07-01T00:30:00Z', '%F %H:%M %z', 'America/New_York')).toBe('2026-06-30 20:30 -0400');
    expect(date('2026-07-01T20:30:00+02:00', '%H:%M', 'Asia/Kolkata')).toBe('00:00');
    expect(date(EVENT, '%A', 'Asia/Kolkata')).toBe('Sunday');
  });

  test('shows names in a language', () => {
    expect(date(EVENT, '%A, %-d. %B', 'Europe/Berlin', 'de-DE')).toBe('Samstag, 21. November');
  });

  test.each([
    ['fa', '5 دسامبر 2026', 'دسامبر'],
    ['ps', '5 دسمبر 2026', 'دسمبر'],
    ['uz-AF', '5 دسمبر 2026', 'دسمبر'],
    ['mzn', '5 دسامبر 2026', 'دسامبر'],
    ['fa-u-ca-persian', '5 دسامبر 2026', 'دسامبر'],
    ['ar-SA', '5 ديسمبر 2026', 'ديسمبر'],
    ['th', '5 ธันวาคม 2026', 'ธันวาคม'],
    ['pl', '5 grudnia 2026', 'grudzień'],
    ['cs', '5 prosince 2026', 'prosinec'],
    ['sk', '5 decembra 2026', 'december'],
    ['uk', '5 грудня 2026', 'грудень'],
    ['ru', '5 декабря 2026', 'декабрь'],
    ['be', '5 снежня 2026', 'снежань'],
    ['fi', '5 joulukuuta 2026', 'joulukuu'],
    ['lt', '5 gruodžio 2026', 'gruodis'],
    ['hr', '5 prosinca 2026', 'prosinac'],
    ['hy', '5 դեկտեմբերի 2026', 'դեկտեմբեր'],
    ['ca', '5 desembre 2026', 'desembre'],
    ['ast', '5 avientu 2026', 'avientu'],
    ['de', '5 Dezember 2026', 'Dezember'],
    ['ja', '5 12月 2026', '12月'],
    ['zh', '5 十二月 2026', '十二月'],
  ])('names the Gregorian month in %s as the language does, beside a day and alone', (locale, withDay, alone) => {
    expect(date('2026-12-05', '%-d %B %Y', 'UTC', locale)).toBe(withDay);
    expect(date('2026-12-05', '%B %Y', 'UTC', locale)).toBe(`${alone} 2026`);
    expect(date('2026-12-05', '%%d %B', 'UTC', locale)).toBe(`%d ${alone}`);
  });

  test('adds no dot and no preposition to a month, which a format may have', () => {
    expect(date('2026-12-05', '%-d. %b.', 'UTC', 'de')).toBe('5. Dez.');
    expect(date('2026-12-05', '%-d de %B', 'UTC', 'ca')).toBe('5 de desembre');
    expect(date('2026-12-05', '%e %h', 'UTC', 'fi')).toBe(' 5 joulu');
    expect(date('2026-05-05', '%-d %b', 'UTC', 'ru')).toBe('5 мая');
  });

  test('shows a date without time, and a time without offset, unchanged in any time zone', () => {
    expect(date('2026-11-21', '%-d %B %H:%M', 'America/New_York')).toBe('21 November 00:00');
    expect(date('2026-11-21T19:30', '%-d %B %H:%M', 'America/New_York')).toBe('21 November 19:30');
    expect(date('2026-11-21 19:30:15.5', '%T')).toBe('19:30:15');
  });

  test('shows the last day of each month, and the midnight that ends it', () => {
    expect(date('2028-02-29', '%F')).toBe('2028-02-29');
    expect(date('2026-12-31T23:59:59+01:00', '%F', 'Europe/Berlin')).toBe('2026-12-31');
    expect(date('2026-06-30T24:00', '%F %R')).toBe('2026-07-01 00:00');
  });

  test('accepts Unix seconds and the current time', () => {
    expect(date(1_795_287_909, '%F %T')).toBe('2026-11-21 19:05:09');
    expect(date('1795287909', '%F %T')).toBe('2026-11-21 19:05:09');
    expect(Number(date('now', '%s')) - Date.now() / 1000).toBeCloseTo(0, -1);
  });

  test.each([
    ['a word', 'soon', '%F', 'UTC', 'en'],
    ['a day that is none', '2026-13-41', '%F', 'UTC', 'en'],
    ['the 31st of a month of 30 days', '2026-06-31T19:30', '%F', 'UTC', 'en'],
    ['the 31st of a month of 30 days, with an offset', '2026-06-31T19:30+02:00', '%F', 'Europe/Berlin', 'en'],
    ['a 29th of February in another year', '2027-02-29', '%F', 'UTC', 'en'],
    ['a 30th of February', '2028-02-30 10:00:00Z', '%F', 'UTC', 'en'],
    ['an hour that is none', '2026-06-30T25:00', '%F', 'UTC', 'en'],
    ['nothing', null, '%F', 'UTC', 'en'],
    ['an object', {}, '%F', 'UTC', 'en'],
    ['a far number', 1e300, '%F', 'UTC', 'en'],
    ['a conversion that it lacks', EVENT, '%Q', 'UTC', 'en'],
    ['a conversion named like a method of objects', EVENT, '%constructor', 'UTC', 'en'],
    ['an unknown zone', EVENT, '%F', 'Mars/Olympus', 'en'],
    ['a bad locale', EVENT, '%A', 'UTC', 'no such locale'],
  ])('rejects %s', (_what, value, format, zone, locale) => {
    expect(() => date(value, format, zone, locale)).toThrow(UnusableValue);
  });

  test('agrees with Intl in every time zone, at every minute', () => {
    const minute = fc.integer({ min: Date.UTC(1970, 0) / 60_000, max: Date.UTC(2100, 0) / 60_000 });
    const change = fc.integer({ min: Date.UTC(2026, 2, 1) / 60_000, max: Date.UTC(2026, 3, 10) / 60_000 });
    fc.assert(
      fc.property(fc.oneof(minute, change), fc.constantFrom(...ZONES), (at, zone) => {
        const time = new Date(at * 60_000);
        const expected = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
        expect(date(time.toISOString(), '%F %T', zone)).toBe(expected.format(time));
      }),
    );
  });
});
