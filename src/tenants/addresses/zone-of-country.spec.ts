/** Every country that numbers are of has a time zone. */
import { getCountries } from 'libphonenumber-js/max';
import { Temporal } from 'temporal-polyfill';
import { zoneOfCountry, zonesOfNumber } from './zone-of-country.js';

const isZone = (zone: string): boolean => Temporal.Now.instant().toZonedDateTimeISO(zone).timeZoneId !== '';

test('Every country that numbers are of has one time zone, which this process knows', () => {
  const without = getCountries().filter((country) => !isZone(zoneOfCountry(country) ?? ''));
  expect(without).toEqual([]);
});

test.each([
  ['US', 'America/New_York'],
  ['DE', 'Europe/Berlin'],
  ['JP', 'Asia/Tokyo'],
  ['GB', 'Europe/London'],
])('%s is taken to be in %s', (country, zone) => {
  expect(zoneOfCountry(country)).toBe(zone);
});

test.each([
  ['+14155550100', ['America/Los_Angeles']],
  ['+12125550100', ['America/New_York']],
  ['+18505550100', ['America/Chicago', 'America/New_York']],
  ['+491713920001', ['Europe/Berlin', 'Europe/Busingen']],
  ['+33612345678', ['Europe/Paris']],
  ['ana@example.com', []],
])('Who has %s lives in one of %j', (number, zones) => {
  expect(zonesOfNumber(number)).toEqual(zones);
});

test('A number of a country with several zones may be in any of them, the one with the most people first', () => {
  expect(zonesOfNumber('+61412345678')[0]).toBe('Australia/Sydney');
  expect(zonesOfNumber('+61412345678')).toContain('Australia/Perth');
  expect(zonesOfNumber('+18005550100')).toEqual(
    expect.arrayContaining(['America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu']),
  );
});
