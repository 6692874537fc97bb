/** What stands in the place of an address that was erased: of a number its country is kept, by which it was counted and priced. */
import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';
import { countryOf } from './addresses.js';

const ERASED = 'erased';
const OF_COUNTRY = /^\+\d+ \(erased\) ([A-Z]{2})$/;
const MARK = ` (${ERASED}) `;

/** `erased`, or `+49 (erased) DE`. */
export function erasedAddress(address: string): string {
  const country = address.startsWith('+') ? countryOf(address) : null;
  return country === null || !isSupportedCountry(country)
    ? ERASED
    : `+${getCountryCallingCode(country)}${MARK}${country}`;
}

export const isErased = (address: string): boolean => address === ERASED || OF_COUNTRY.test(address);

/** Undefined for a number that was not erased. */
export const countryOfErased = (address: string): string | undefined => OF_COUNTRY.exec(address)?.[1];
