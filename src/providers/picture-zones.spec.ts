/** Where MMS arrives. */
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { getExampleNumber, getCountries } from 'libphonenumber-js';
import { pictureRecipients, type PictureZone } from './picture-zones.js';

const BOTH: readonly PictureZone[] = ['north-america', 'australia'];
const reaches = (from: string, to: string, zones = BOTH): boolean => {
  const takers = pictureRecipients(zones, from);
  return takers !== undefined && new RegExp(takers).test(to);
};
const AMERICAN = '+12125550100';
const AUSTRALIAN = '+61412345678';

test('An American number sends pictures to the United States and Canada, and to no other country of the world', () => {
  const reached = getCountries().filter((country) => {
    const number = getExampleNumber(country, examples)?.number;
    return number !== undefined && reaches(AMERICAN, number);
  });
  expect(reached.toSorted()).toEqual(['CA', 'US']);
});

test('An Australian number sends them to Australian mobile numbers alone', () => {
  expect(reaches(AUSTRALIAN, '+61498765432')).toBe(true);
  expect(reaches(AUSTRALIAN, '+61298765432')).toBe(false);
  expect(reaches(AUSTRALIAN, AMERICAN)).toBe(false);
});

test.each([
  ['a short code', '54321', '+14165550100', true],
  ['a Canadian number', '+14165550100', AMERICAN, true],
  ['a toll-free number', '+18885550100', AMERICAN, true],
  ['a German number', '+4915123456789', AMERICAN, false],
  ['a name', 'Riverside', AMERICAN, false],
  ['a Jamaican number', '+18765550100', AMERICAN, false],
])('%s sends pictures to %s: %s', (_, from, to, does) => {
  expect(reaches(from, to)).toBe(does);
});

test('A provider sends pictures only in its own zones', () => {
  expect(reaches(AUSTRALIAN, '+61498765432', ['north-america'])).toBe(false);
  expect(pictureRecipients([], AMERICAN)).toBeUndefined();
});
