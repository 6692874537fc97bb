import fc from 'fast-check';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { countryOf } from './addresses.js';
import { countryOfStart, startOf } from './number-starts.js';

/** Numbers of all countries, most of them of no plan; in North America those that can be dialled, and its short ones. */
const numbers = fc
  .constantFrom(...getCountries().map((country) => getCountryCallingCode(country)))
  .chain((code) =>
    fc
      .stringMatching(code === '1' ? /^[2-9]\d\d[2-9]\d{6}$|^310\d{4}$/ : /^[2-9]\d{6,9}$/)
      .map((national) => `+${code}${national}`),
  );

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
  ['+13100000', '+13100000', 'CA'],
  ['+15238000000', '+1523', 'US'],
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
