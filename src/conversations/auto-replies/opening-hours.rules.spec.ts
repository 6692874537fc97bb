import { WEEKDAYS } from '../../tenants/index.js';
import { isOpen, type OpeningHours } from './opening-hours.rules.js';

const WEEKDAYS_ONLY: OpeningHours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' };
const NIGHTS: OpeningHours = { days: ['fri', 'sat'], from: '20:00', to: '02:00' };
const ALWAYS: OpeningHours = { days: [...WEEKDAYS], from: '00:00', to: '24:00' };

test.each([
  // A Monday in winter, when Berlin is an hour ahead.
  ['2026-11-30T07:59:59Z', 'Europe/Berlin', false],
  ['2026-11-30T08:00:00Z', 'Europe/Berlin', true],
  ['2026-11-30T16:59:59Z', 'Europe/Berlin', true],
  ['2026-11-30T17:00:00Z', 'Europe/Berlin', false],
  // In summer, two hours.
  ['2026-07-06T07:00:00Z', 'Europe/Berlin', true],
  // Sunday there, Monday in UTC.
  ['2026-11-30T10:30:00Z', 'Pacific/Pago_Pago', false],
])('at %s in %s the working week is open: %s', (at, zone, expected) => {
  expect(isOpen([WEEKDAYS_ONLY], zone, new Date(at))).toBe(expected);
});

test.each([
  ['2026-11-27T19:59:00Z', false],
  ['2026-11-27T20:00:00Z', true], // Friday
  ['2026-11-28T01:59:00Z', true],
  ['2026-11-28T02:00:00Z', false],
  ['2026-11-29T01:00:00Z', true], // Saturday's night
  ['2026-11-29T20:00:00Z', false], // Sunday
  ['2026-11-30T01:00:00Z', false],
])('hours over midnight belong to the day that they begin on: %s, %s', (at, expected) => {
  expect(isOpen([NIGHTS], 'UTC', new Date(at))).toBe(expected);
});

test('whole days have no gap at midnight, and no hours are never', () => {
  for (const at of ['2026-11-29T00:00:00Z', '2026-11-29T23:59:59Z', '2026-11-30T00:00:00Z'])
    expect([isOpen([ALWAYS], 'UTC', new Date(at)), isOpen([], 'UTC', new Date(at))]).toEqual([true, false]);
});
