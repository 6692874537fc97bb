import { atHour, isDuration, isSignedDuration, later, quietUntil } from './durations.js';

test.each(['PT24H', 'P1D', 'P2W', 'PT90M', 'P1DT12H', 'PT0S', 'P730D'])('%s is a length of time', (text) => {
  expect(isDuration(text)).toBe(true);
});
test.each(['', 'P', 'PT', '24H', 'P1M', 'P1Y', 'PT1.5H', 'P731D', '-PT1H', 'P1D2H', 'pt1h', 7])(
  '%s is none',
  (text) => {
    expect(isDuration(text)).toBe(false);
  },
);
test('A time before is told by a minus', () => {
  expect(isSignedDuration('-PT24H')).toBe(true);
  expect(isSignedDuration('-P731D')).toBe(false);
});

const berlin = (time: string, duration: string): string =>
  later(new Date(time), duration, 'Europe/Berlin').toISOString();

test('A day is one of the calendar, and twenty-four hours are not, where the clocks change', () => {
  expect(berlin('2027-03-28T18:00:00Z', '-P1D')).toBe('2027-03-27T19:00:00.000Z');
  expect(berlin('2027-03-28T18:00:00Z', '-PT24H')).toBe('2027-03-27T18:00:00.000Z');
  expect(berlin('2027-10-30T18:00:00Z', 'P1D')).toBe('2027-10-31T19:00:00.000Z');
});

test.each([
  ['PT1H30M15S', 5_415_000],
  ['-PT90M', -5_400_000],
  ['PT0S', 0],
])('%s is %d milliseconds on all clocks', (duration, ms) => {
  const time = new Date('2027-03-28T00:30:00Z');
  expect(later(time, duration, 'Europe/Berlin').getTime() - time.getTime()).toBe(ms);
});

test('An hour that the day does not have is moved past the gap', () => {
  expect(atHour(new Date('2027-03-28T12:00:00Z'), '02:30', 'Europe/Berlin').toISOString()).toBe(
    '2027-03-28T01:30:00.000Z',
  );
});

const NIGHT = { from: '21:00', to: '08:00' };
test.each([
  ['2027-06-10T18:59:00Z', undefined],
  ['2027-06-10T19:00:00Z', '2027-06-11T06:00:00.000Z'],
  ['2027-06-11T05:59:00Z', '2027-06-11T06:00:00.000Z'],
  ['2027-06-11T06:00:00Z', undefined],
  ['2027-03-27T21:00:00Z', '2027-03-28T06:00:00.000Z'], // the night in which the clocks go forward
  ['2027-10-30T21:00:00Z', '2027-10-31T07:00:00.000Z'], // and back
])('At %s the quiet hours of a night in Berlin end at %s', (time, end) => {
  expect(quietUntil(new Date(time), NIGHT, 'Europe/Berlin')?.toISOString()).toBe(end);
});
test('Quiet hours within a day end on that day', () => {
  const noon = { from: '12:00', to: '13:00' };
  expect(quietUntil(new Date('2027-06-10T10:30:00Z'), noon, 'Europe/Berlin')?.toISOString()).toBe(
    '2027-06-10T11:00:00.000Z',
  );
  expect(quietUntil(new Date('2027-06-10T11:00:00Z'), noon, 'Europe/Berlin')).toBeUndefined();
});
