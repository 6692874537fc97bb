import fc from 'fast-check';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { countryOf } from './addresses.js';
import { countryOfStart, startOf } from './number-starts.js';

/** Numbers of all countries, most of them of no plan. */
const numbers = fc
  .tuple(fc.constantFrom(...getCountries()), fc.stringMatching(/^[2-9]\d{6,9}$/))
  .map(([country, national]) => `+${getCountryCallingCode(country)}${national}`);

test('A number’s country is that of its start, wherever the number has one', () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const country = countryOfStart(startOf(number) ?? '');
      const known = countryOf(number);
      expect([known, known === null ? null : country]).toEqual([known, known]);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['+14155550123', '+1415', 'US'],
  ['+16135550123', '+1613', 'CA'],
  ['+4915112345678', '+491', 'DE'],
  ['+358401234567', '+358401234567', 'FI'],
  ['+447400123456', '+447400123456', 'GB'],
  ['+447781123456', '+447781123456', 'GG'],
  ['+390669812345', '+390669812345', 'VA'],
  ['+77011234567', '+77011234567', 'KZ'],
])('%s is known by %s to be of %s', (number, start, country) => {
  expect(startOf(number)).toBe(start);
  expect(countryOfStart(start)).toBe(country);
});

test.each(['ada@example.com', 'US.13491208655302741918', 'Callboard'])('%s has no start', (address) => {
  expect(startOf(address)).toBeNull();
});
