/** When marketing may go, on the recipients' clocks, through the days on which these change. */
import type { SendingHours, Weekday } from '../../tenants/index.js';
import { legalHours } from './legal-hours.js';
import { openingOf } from './opening.rules.js';
import { QuietTimes } from './quiet-times.js';

const DAILY: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const daily = (from: string, to: string): SendingHours[] => [{ days: DAILY, from, to }];
const opening = (hours: readonly SendingHours[], zone: string, now: string): string | undefined =>
  openingOf([hours], [zone], new Date(now))?.toISOString();

describe('The opening', () => {
  test.each([
    ['a summer evening before clocks go back', 'America/New_York', '2026-10-31T23:30:00Z', '2026-10-31T23:30:00.000Z'],
    ['the night in which they go back', 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T13:00:00.000Z'],
    ['the night in which they go forward', 'America/New_York', '2027-03-14T06:59:00Z', '2027-03-14T12:00:00.000Z'],
    ['the night in which they go back', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T07:00:00.000Z'],
    ['the night in which they go forward', 'Europe/Berlin', '2027-03-27T23:00:00Z', '2027-03-28T06:00:00.000Z'],
    ['the night in which they go forward', 'Australia/Sydney', '2026-10-03T15:00:00Z', '2026-10-03T21:00:00.000Z'],
    ['the night in which they go back', 'Australia/Sydney', '2027-04-03T14:00:00Z', '2027-04-03T22:00:00.000Z'],
    ['the minute in which it closes', 'Europe/Berlin', '2026-11-30T20:00:00Z', '2026-12-01T07:00:00.000Z'],
    ['the minute before', 'Europe/Berlin', '2026-11-30T19:59:59Z', '2026-11-30T19:59:59.000Z'],
    ['the minute in which it opens', 'Europe/Berlin', '2026-12-01T07:00:00Z', '2026-12-01T07:00:00.000Z'],
  ])('in %s, in %s', (_, zone, now, at) => {
    expect(opening(daily('08:00', '21:00'), zone, now)).toBe(at);
  });

  test('that clocks skip comes after the gap, and one that they repeat at its first hour', () => {
    expect(opening(daily('02:30', '04:00'), 'Europe/Berlin', '2027-03-28T00:00:00Z')).toBe('2027-03-28T01:30:00.000Z');
    expect(opening(daily('02:30', '04:00'), 'Europe/Berlin', '2026-10-25T00:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(opening(daily('02:30', '04:00'), 'Europe/Berlin', '2026-10-25T01:10:00Z')).toBe('2026-10-25T01:10:00.000Z');
  });

  test('after a day without hours is on the next that has some, up to a week later', () => {
    const sundays: SendingHours[] = [{ days: ['sun'], from: '10:00', to: '24:00' }];
    expect(opening(sundays, 'Europe/Paris', '2026-11-29T22:59:00Z')).toBe('2026-11-29T22:59:00.000Z');
    expect(opening(sundays, 'Europe/Paris', '2026-11-29T23:00:00Z')).toBe('2026-12-06T09:00:00.000Z');
  });

  test('of hours in several zones is when all are open, and never where they do not meet', () => {
    const zones = ['America/New_York', 'America/Los_Angeles'];
    const at = (hours: SendingHours[]): string | undefined =>
      openingOf([hours], zones, new Date('2026-12-01T02:30:00Z'))?.toISOString();
    expect(at(daily('08:00', '21:00'))).toBe('2026-12-01T16:00:00.000Z');
    expect(at(daily('08:00', '10:00'))).toBeUndefined();
  });
});

describe('Quiet hours', () => {
  const QUIET = {
    channels: ['sms', 'voice'],
    hours: daily('08:00', '21:00'),
    countries: [],
    legalDefaults: true,
  } as const;
  const until = (now: string, to: object, quiet: object = {}): string | undefined =>
    new QuietTimes(new Date(now))
      .until(
        { tenantId: 't', channel: 'sms', recipient: '+33612345678', zone: null, ...to },
        { ...QUIET, channels: [...QUIET.channels], countries: [], ...quiet },
        'Asia/Tokyo',
      )
      ?.toISOString();
  const sunday = '2026-11-29T12:00:00Z';

  test('follow the law of the country beside the tenant’s hours, unless the tenant has hours for it', () => {
    expect(until(sunday, {})).toBe('2026-11-30T07:00:00.000Z');
    expect(until(sunday, {}, { legalDefaults: false })).toBeUndefined();
    expect(until(sunday, {}, { countries: [{ country: 'FR', hours: daily('08:00', '21:00') }] })).toBeUndefined();
    expect(until('2026-11-30T12:30:00Z', { channel: 'voice' })).toBe('2026-11-30T13:00:00.000Z');
    expect(until('2026-11-30T12:30:00Z', {})).toBeUndefined();
    expect(legalHours('DE', 'sms')).toBeUndefined();
  });

  test('are those of the zone that attributes name, else of the number, else of the tenant', () => {
    const now = '2026-12-01T14:00:00Z'; // 06:00 in Los Angeles, 09:00 in New York, 23:00 in Tokyo
    expect(until(now, { recipient: '+12125550100' })).toBeUndefined();
    expect(until(now, { recipient: '+14155550100' })).toBe('2026-12-01T16:00:00.000Z');
    expect(until(now, { recipient: '+14155550100', zone: 'America/New_York' })).toBeUndefined();
    expect(until(now, { recipient: '+12125550100', zone: 'Mars' })).toBeUndefined();
    expect(until(now, { recipient: 'ana@example.com', channel: 'email' })).toBeUndefined();
    const mail = { channels: ['email'] };
    expect(until(now, { recipient: 'ana@example.com', channel: 'email' }, mail)).toBe('2026-12-01T23:00:00.000Z');
    expect(until(now, { channel: 'whatsapp' })).toBeUndefined();
  });

  test('of an area that is in two zones are over where both are, and what never meets is looked at a day later', () => {
    expect(until('2026-12-01T13:30:00Z', { recipient: '+18505550100' })).toBe('2026-12-01T14:00:00.000Z');
    const saturdays = [{ days: ['sat'], from: '22:00', to: '23:00' }];
    expect(until(sunday, {}, { hours: saturdays })).toBe('2026-11-30T12:00:00.000Z');
  });
});
