/** An hour on the clocks of recipients, through the days on which clocks change. */
import { hourIn, type IfPast } from './recipient-hour.rules.js';

const hour = (zone: string, localTime: string, start: string, ifPast: IfPast = 'next_day'): string | undefined =>
  hourIn(zone, { localTime, ifPast, start: new Date(start) })?.toISOString();

describe('The hour of a recipient', () => {
  test.each([
    ['Pacific/Auckland', '2026-11-27T05:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-27T12:30:00.000Z'],
    ['Europe/Berlin', '2026-11-27T17:00:00.000Z'],
    ['America/New_York', '2026-11-27T23:00:00.000Z'],
  ])('is 18:00 on the clock of %s', (zone, instant) => {
    expect(hour(zone, '2026-11-27T18:00:00', '2026-11-27T04:00:00Z')).toBe(instant);
  });

  test.each([
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z', 'moves past the gap'],
    ['America/New_York', '2026-03-29T02:30:00', '2026-03-29T06:30:00.000Z', 'has no gap that day'],
    ['America/New_York', '2026-03-08T02:15:00', '2026-03-08T07:15:00.000Z', 'moves past the gap'],
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z', 'is the first of two'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00.000Z', 'is the first of two'],
    ['America/Phoenix', '2026-11-01T01:30:00', '2026-11-01T08:30:00.000Z', 'is there once'],
  ])('in %s at %s is %s: it %s', (zone, localTime, instant) => {
    expect(hour(zone, localTime, '2026-01-01T00:00:00Z')).toBe(instant);
  });

  test('that has passed comes within a day, and never at a past hour', () => {
    const sixOClock = '2026-11-27T18:00:00';
    expect(hour('Europe/Berlin', sixOClock, '2026-11-27T17:00:00Z')).toBe('2026-11-27T17:00:00.000Z');
    expect(hour('Europe/Berlin', sixOClock, '2026-11-27T17:00:01Z')).toBe('2026-11-28T17:00:00.000Z');
    // Days later, and past midnight there.
    expect(hour('Europe/Berlin', sixOClock, '2026-12-03T23:30:00Z')).toBe('2026-12-04T17:00:00.000Z');
    expect(hour('Pacific/Auckland', sixOClock, '2026-12-03T23:30:00Z')).toBe('2026-12-04T05:00:00.000Z');
  });

  test('is the same on the clock a day later, though clocks have changed meanwhile', () => {
    expect(hour('Europe/Berlin', '2026-03-28T18:00:00', '2026-03-28T20:00:00Z')).toBe('2026-03-29T16:00:00.000Z');
    expect(hour('Europe/Berlin', '2026-10-24T18:00:00', '2026-10-24T20:00:00Z')).toBe('2026-10-25T17:00:00.000Z');
    expect(hour('Europe/Berlin', '2026-03-28T02:30:00', '2026-03-28T20:00:00Z')).toBe('2026-03-29T01:30:00.000Z');
  });

  test('that has passed is the start, where it is wanted at once', () => {
    const start = '2026-11-27T20:00:00.000Z';
    expect(hour('Europe/Berlin', '2026-11-27T18:00:00', start, 'at_once')).toBe(start);
    expect(hour('America/New_York', '2026-11-27T18:00:00', start, 'at_once')).toBe('2026-11-27T23:00:00.000Z');
  });

  test.each(['Mars', '', 'Berlin', '25:00', '__proto__'])('in “%s”, which is no time zone, is not known', (zone) => {
    expect(hour(zone, '2026-11-27T18:00:00', '2026-11-27T04:00:00Z')).toBeUndefined();
  });
});
