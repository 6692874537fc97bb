/** The countries of many numbers, of which only the starts are looked at where these decide. */
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { countryOf } from './addresses.js';
import { countryOfErased } from './erased-addresses.js';

/** `+1`: its area codes decide between its 25 countries. */
export const NORTH_AMERICA = '+1';
/** A start of this length is an area's. */
export const AREA = '+1415'.length;
/** Others are Canada's short ones, such as 310-0000, whose first digits are an area of California. */
export const WITH_AREA = '+14155550100'.length;
/** There is one in every area; 555-5555 is in two of them no number. */
const ANY_LINE = '2345678';
/** No calling code is longer, and none is the start of another. */
const LONGEST_CODE = '+999'.length;

/** All calling codes of countries, such as `+49`. */
export const countriesByCode: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  getCountries(),
  (country) => `+${getCountryCallingCode(country)}`,
);
/** Of these a whole number decides: Guernsey's are among the British ones, by their seventh digit. */
const shared = [...countriesByCode].flatMap(([code, all]) => (all.length > 1 && code !== NORTH_AMERICA ? [code] : []));

/** Digits that tell an area, or an operator, where several countries have one calling code. */
const AREA_DIGITS = 3;

/** What the dialling of an E.164 number begins with: its calling code, and the area's digits where several countries share that. */
export function diallingCode(number: string): string {
  const code = [2, 3, 4].map((length) => number.slice(0, length)).find((part) => countriesByCode.has(part));
  if (code === undefined) return number.slice(0, LONGEST_CODE); // of no country, such as a satellite phone's
  return (countriesByCode.get(code)?.length ?? 0) > 1 ? number.slice(0, code.length + AREA_DIGITS) : code;
}

/** As much of an E.164 number as its country is known by; null for what is no such number. */
export function startOf(number: string): string | null {
  if (!number.startsWith('+')) return null;
  if (number.startsWith(NORTH_AMERICA)) return number.length === WITH_AREA ? number.slice(0, AREA) : number;
  return shared.some((code) => number.startsWith(code)) ? number : number.slice(0, LONGEST_CODE);
}

/** The same in SQL. So a campaign to one country, or to all of North America, has few starts. */
export const NUMBER_START = (number: string): string => `case
  when not ${number} ^@ '+' then null
  when ${number} ^@ '${NORTH_AMERICA}' then case length(${number}) when ${WITH_AREA} then left(${number}, ${AREA}) else ${number} end
  when ${shared.map((code) => `${number} ^@ '${code}'`).join(' or ')} then ${number}
  else left(${number}, ${LONGEST_CODE}) end`;

/** The country of a start as `NUMBER_START` makes it; null where there is none, or not a single one. */
export function countryOfStart(start: string): string | null {
  const known = countries.get(start);
  if (known !== undefined) return known;
  const country = foundCountry(start);
  if (start.length <= AREA) countries.set(start, country); // of area and calling codes there are few
  return country;
}

const countries = new Map<string, string | null>();

function foundCountry(start: string): string | null {
  const erased = countryOfErased(start);
  if (erased !== undefined) return erased;
  if (start.startsWith(NORTH_AMERICA)) return countryOf(start.length === AREA ? `${start}${ANY_LINE}` : start);
  const code = [2, 3, 4].map((length) => start.slice(0, length)).find((part) => countriesByCode.has(part));
  const [country, ...others] = code === undefined ? [] : (countriesByCode.get(code) ?? []);
  return country !== undefined && others.length === 0 ? country : countryOf(start);
}
