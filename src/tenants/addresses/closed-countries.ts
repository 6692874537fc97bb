/** Which numbers of a whole audience cannot be of an allowed country, asked in SQL. */
import type { AllowedCountries } from './allowed-countries.js';
import { AREA, countriesByCode, countryOfStart, NORTH_AMERICA, WITH_AREA } from './number-starts.js';

/** The digits of an area of North America: 200 to 999. */
const AREAS = Array.from({ length: 800 }, (_, index) => `${NORTH_AMERICA}${index + 200}`);

/**
 * SQL: whether an address, which is an expression, is a number that `isAllowed` refuses, as far as its start tells: by its calling code, or its area in North America.
 * Where countries share a code and only some are allowed, the gate looks at the whole number. `false` without a list.
 */
export function inClosedCountry(allowed: AllowedCountries, address: string): string {
  if (allowed === null) return 'false';
  const closed = JSON.stringify(closedStarts(allowed));
  return `(${address} ^@ '+' and strpos(${address}, '@') = 0 and '${closed}'::jsonb ?| array[left(${address}, 2), left(${address}, 3), left(${address}, 4),
    case length(${address}) when ${WITH_AREA} then left(${address}, ${AREA}) end])`;
}

/** Calling codes and areas of which no number is of an allowed country. */
function closedStarts(allowed: readonly string[]): string[] {
  const codes = [...countriesByCode].flatMap(([code, countries]) =>
    countries.some((country) => allowed.includes(country)) ? [] : [code],
  );
  if (codes.includes(NORTH_AMERICA)) return codes;
  return [...codes, ...AREAS.filter((area) => !allowed.includes(countryOfStart(area) ?? ''))];
}
