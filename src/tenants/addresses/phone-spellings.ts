/**
 * Numbers that are written two ways under a country code: every spelling becomes the one that is dialled today. Without this, a
 * person who writes to us under one spelling and is written to under the other would be two people, and their STOP be lost.
 */
import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';

interface Spelling {
  /** Of a whole number in E.164 form. */
  readonly written: RegExp;
  readonly dialled: string;
}

const SPELLINGS: readonly Spelling[] = [
  // Mexico: mobile numbers had a 1 after +52 until 2019, and WhatsApp still writes it; 01, 044 and 045 were dialled at home (IFT).
  { written: /^\+52(?:0?1|04[45])(\d{10})$/, dialled: '+52$1' },
  // Brazil: mobile numbers of eight digits got a 9 in front until 2016, and WhatsApp still leaves it out (Anatel, Res. 553).
  { written: /^\+55([1-9]{2})([6-9]\d{7})$/, dialled: '+55$19$2' },
  // Benin: numbers of eight digits got 01 in front on 30 November 2024 (ARCEP Bénin).
  { written: /^\+229(\d{8})$/, dialled: '+22901$1' },
  // Palestine's mobile numbers, 056 and 059, are reached through Israel's country code too.
  { written: /^\+972(5[69]\d{7})$/, dialled: '+970$1' },
  // San Marino is reached through Italy too, under the area code 0549.
  { written: /^\+390549(\d{6})$/, dialled: '+3780549$1' },
];

/**
 * Argentina: from abroad a mobile number has a 9 after +54, and the ten digits behind it belong to one line only, mobile or not
 * (Enacom). A text reaches mobile numbers only, so there it always has the 9; a call is made as written.
 */
const ARGENTINA: Spelling = { written: /^\+54(?!9)(\d{10})$/, dialled: '+549$1' };

const SPELLINGS_OF_TEXTS = [...SPELLINGS, ARGENTINA];

/** France and its overseas departments share one plan, with a country code each. */
const FRANCE = '33';
const OVERSEAS = ['262', '590', '594', '596'];

/** The number in E.164 form as it is dialled today; `forTexts` if it is to be texted to rather than called. */
export function dialledToday(phone: PhoneNumber, forTexts: boolean): string {
  const { number, countryCallingCode: code, nationalNumber } = phone;
  const found = (forTexts ? SPELLINGS_OF_TEXTS : SPELLINGS).find(({ written }) => written.test(number));
  if (found) return number.replace(found.written, found.dialled);
  const others = [
    // A zero that is dialled at home only, or nowhere: +39 0347…, +34 0612….
    ...(nationalNumber.startsWith('0') ? [`+${code}${nationalNumber.slice(1)}`] : []),
    ...(code === FRANCE ? OVERSEAS : []).map((other) => `+${other}${nationalNumber}`),
  ];
  if (others.length === 0 || phone.isValid()) return number;
  return others.find((other) => parsePhoneNumberFromString(other)?.isValid()) ?? number;
}
