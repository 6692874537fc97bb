/** Times as spreadsheets and exports write them. */
import { readSpreadsheetTime } from './spreadsheet-time.js';

const read = (text: string, dateOrder?: 'day-first' | 'month-first'): string | undefined => {
  const time = readSpreadsheetTime(text, { timeZone: 'Europe/Berlin', dateOrder });
  return time instanceof Date ? time.toISOString() : time;
};

test.each([
  ['2026-01-31T10:30:00Z', '2026-01-31T10:30:00.000Z'],
  ['2026-01-31T10:30:00.123456+02:00', '2026-01-31T08:30:00.123Z'],
  ['2026-01-31 10:30:00 UTC', '2026-01-31T10:30:00.000Z'],
  ['2026-01-31 10:30:00+00', '2026-01-31T10:30:00.000Z'],
  ['2026-01-31 10:30', '2026-01-31T09:30:00.000Z'],
  ['2026-07-31', '2026-07-30T22:00:00.000Z'],
  ['31.01.2026', '2026-01-30T23:00:00.000Z'],
  ['5.1.26 7:05', '2026-01-05T06:05:00.000Z'],
  ['05.01.2026, 07:05:09', '2026-01-05T06:05:09.000Z'],
  ['31/01/2026 10:30', '2026-01-31T09:30:00.000Z'],
  ['1/31/2026 5:30 PM', '2026-01-31T16:30:00.000Z'],
  ['1/31/2026 12:00 a.m.', '2026-01-30T23:00:00.000Z'],
  ['05/05/2026', '2026-05-04T22:00:00.000Z'],
  ['46053.4375', '2026-01-31T09:30:00.000Z'],
  ['46053,4375', '2026-01-31T09:30:00.000Z'],
  ['46053', '2026-01-30T23:00:00.000Z'],
  ['1769855400', '2026-01-31T10:30:00.000Z'],
  ['1769855400000', '2026-01-31T10:30:00.000Z'],
  ['2026-03-29 02:30', '2026-03-29T01:30:00.000Z'], // skipped in spring
  ['05/01/2026', 'ambiguous'],
  ['1-5-2026 9:00', 'ambiguous'],
  ['31.02.2026', undefined],
  ['2026-02-29', undefined],
  ['13/13/2026', undefined],
  ['1/31/2026 25:00', undefined],
  ['31 January 2026', undefined],
  ['10115', undefined],
  ['', undefined],
])('%s is %s', (text, time) => {
  expect(read(text)).toBe(time);
});

test('A date that can be read two ways is as the caller says', () => {
  expect([read('05/01/2026', 'day-first'), read('05/01/2026', 'month-first')]).toEqual([
    '2026-01-04T23:00:00.000Z',
    '2026-04-30T22:00:00.000Z',
  ]);
  expect(read('31/01/2026', 'month-first')).toBe('2026-01-30T23:00:00.000Z');
});
