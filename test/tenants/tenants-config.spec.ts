/** The platform's countries, as the environment says them, and a tenant's within them. */
import { EnvironmentReader } from '../../src/kernel/config/environment-reader.js';
import { allowedOf, isAllowed, readTenants } from '../../src/tenants/index.js';

test('Every country is allowed unless the environment names some', () => {
  expect(readTenants(new EnvironmentReader({}))).toMatchObject({ allowedCountries: null });
  const read = new EnvironmentReader({ ALLOWED_COUNTRIES: 'US, CA,GB' });
  expect(readTenants(read)).toMatchObject({ allowedCountries: ['US', 'CA', 'GB'] });
  expect(read.problems).toEqual([]);
});

test.each(['us', 'USA', 'US;CA', 'XX', 'US,'])('“%s” is refused as a list of countries', (text) => {
  const read = new EnvironmentReader({ ALLOWED_COUNTRIES: text });
  readTenants(read);
  expect(read.problems).toEqual([expect.stringMatching(/^ALLOWED_COUNTRIES has “/)]);
});

test('Personal data are kept for ever unless the environment says for how long', () => {
  const forEver = { contentDays: 0, recipientDays: 0, receivedDays: 0 };
  expect(readTenants(new EnvironmentReader({}))).toMatchObject({ retention: forEver });
  const read = new EnvironmentReader({ CALLBOARD_CONTENT_DAYS: '90', CALLBOARD_RECIPIENT_DAYS: '89' });
  expect(readTenants(read)).toMatchObject({ retention: { ...forEver, contentDays: 90 } });
  expect(read.problems).toEqual(['CALLBOARD_RECIPIENT_DAYS is not a whole number from 90 to 3650']);
});

test('A tenant’s list narrows the platform’s, and never widens it', () => {
  expect(allowedOf(null, null)).toBeNull();
  expect(allowedOf(['US', 'CA'], null)).toEqual(['US', 'CA']);
  expect(allowedOf(null, ['DE'])).toEqual(['DE']);
  expect(allowedOf(['US', 'CA'], ['CA', 'DE'])).toEqual(['CA']);
  expect(allowedOf(['US'], [])).toEqual([]);
});

test.each([
  ['+14155550100', 'US', true],
  ['+14165550100', 'US', false],
  ['+14165550100', 'CA', true],
  ['+447400123456', 'GB', true],
  ['+77011234567', 'RU', false],
])('%s to %s alone: %s', (number, country, goes) => {
  expect(isAllowed([country], 'sms', number)).toBe(goes);
});
