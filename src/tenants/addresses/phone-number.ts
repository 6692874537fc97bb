/** Reads phone numbers as people, spreadsheets and providers write them. */
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { pastedText } from './pasted-text.js';
import { dialledToday } from './phone-spellings.js';

/** What a text says: one number in E.164 form, several that it could be, or none. */
export type PhoneReading =
  { readonly number: string } | { readonly couldBe: readonly string[] } | { readonly fault: 'no_address' | 'rounded' };

const NO_NUMBER: PhoneReading = { fault: 'no_address' };
/** A spreadsheet's `4.91714E+11`: the last digits are gone. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+?\d{1,2}$/i;
/** A number that a program took for a decimal one, as pandas does. */
const DECIMAL = /^(\d{7,})[.,]0+$/;
const MOBILE: ReadonlySet<string | undefined> = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE']);
const ALREADY_E164 = /^\+[1-9]\d{4,14}$/;

/** International prefixes that are dialled before a country code: of most of the world, and of North America. */
const DIALLED_ABROAD = /^(?:00|011)(?=[1-9])/;

/** A way to read a text. */
class Reading {
  readonly number: string;

  constructor(
    /** As parsed, and in today's spelling. */
    private readonly parsed: PhoneNumber,
    private readonly phone: PhoneNumber,
    private readonly digits: string,
    private readonly home: CountryCode | undefined,
  ) {
    this.number = phone.number;
  }

  /** The numbering plan has such a number; fictional ones and new ranges are possible only. */
  get isValid(): boolean {
    return this.phone.isValid();
  }

  get isMobile(): boolean {
    return MOBILE.has(this.phone.getType());
  }

  isOf(country: CountryCode): boolean {
    return this.phone.countryCallingCode === getCountryCallingCode(country);
  }

  /** Written with the prefix for calls within the country, without it where it may be left out, or as dialled from there. */
  get isUsual(): boolean {
    const { parsed, digits, home } = this;
    if (!home) return false;
    if (parsed.countryCallingCode !== getCountryCallingCode(home)) return true;
    return [true, false].some((nationalPrefix) => {
      const usual = parsed.format('NATIONAL', { nationalPrefix });
      return digitsOf(usual) === digits && usual !== parsed.nationalNumber; // ungrouped: no way to write it is known
    });
  }
}

/**
 * A number with a plus, or an international prefix, means what it says. One that is written as people write numbers in `country`
 * (ISO 3166-1 alpha-2) is one of theirs. Else a zero or a plus was lost, and that counts which exists; if both do, it is not
 * guessed, except that a mobile number of the country is meant rather than a landline. Numbers that no plan has, such as
 * fictional ranges and Twilio's magic numbers, pass where nothing was lost: the provider decides. `forTexts`: it is to be texted
 * to rather than called.
 */
export function readPhoneNumber(text: string, country: string | null | undefined, forTexts: boolean): PhoneReading {
  const plain = ALREADY_E164.test(text) ? text : pastedText(text).replace(/^\(?\uff0b|^\(\+/, '+');
  if (SCIENTIFIC.test(plain)) return { fault: 'rounded' };
  if (plain.startsWith('+')) return only(readingOf(plain, undefined, forTexts));
  const written = plain.replace(DECIMAL, '$1');
  const home = country && isSupportedCountry(country) ? country : undefined;
  const national = home && readingOf(written, home, forTexts);
  const isDialledAbroad = DIALLED_ABROAD.test(digitsOf(written));
  const international = internationalReading(written, forTexts);
  if (isDialledAbroad && !national?.isUsual) return only(international);
  if (national?.isUsual && (national.isValid || !international?.isValid)) return only(national);
  if (home === undefined) return international?.isValid ? { couldBe: [international.number] } : NO_NUMBER;
  return withoutPrefix(national, international, home, forTexts);
}

/** Not as people write at home: a spreadsheet took the zero, or the plus. */
function withoutPrefix(
  national: Reading | undefined,
  international: Reading | undefined,
  home: CountryCode,
  forTexts: boolean,
): PhoneReading {
  const mayTakeTexts = national?.isMobile === true || !forTexts;
  if (!international?.isValid) return national?.isValid && mayTakeTexts ? only(national) : NO_NUMBER;
  if (!national?.isValid || national.number === international.number) return only(international);
  const isOurs = international.isMobile && international.isOf(home);
  return isOurs && !mayTakeTexts ? only(international) : { couldBe: [national.number, international.number] };
}

const only = (reading: Reading | undefined): PhoneReading => (reading ? { number: reading.number } : NO_NUMBER);

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/** With its country code, but without a plus; undefined if it begins with a zero that is no international prefix. */
function internationalReading(written: string, forTexts: boolean): Reading | undefined {
  const number = digitsOf(written).replace(DIALLED_ABROAD, '');
  const isNumber = /^[\d\s().\-/\u2010-\u2015]+$/.test(written) && !number.startsWith('0');
  return isNumber ? readingOf(`+${number}`, undefined, forTexts) : undefined;
}

/** Undefined for a number of an impossible length, with an extension, or without a single normal form. */
function readingOf(text: string, home: CountryCode | undefined, forTexts: boolean): Reading | undefined {
  const parsed = parsePhoneNumberFromString(text, { ...(home && { defaultCountry: home }), extract: false });
  if (!parsed || parsed.ext) return undefined;
  const number = dialledToday(parsed, forTexts);
  // Zeros after a country code may be read again as a national prefix: such a number has no single normal form.
  const phone = number === text ? parsed : parsePhoneNumberFromString(number);
  if (phone?.number !== number || !phone.isPossible()) return undefined;
  return new Reading(parsed, phone, digitsOf(text), home);
}
