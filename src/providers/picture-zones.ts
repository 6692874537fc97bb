/** Where a picture can be sent as MMS: carriers take it only between numbers of one zone. */

import { MESSAGING_SERVICE } from './sender-kinds.js';

/** NANP area codes outside the United States and Canada, also those of US territories, where not every carrier takes MMS. */
const OTHER_COUNTRIES = [
  '242', '246', '264', '268', '284', '340', '345', '441', '473', '649', '658', '664', '670', '671', '684', '721', '758',
  '767', '784', '787', '809', '829', '849', '868', '869', '876', '939',
]; // prettier-ignore

/** What the numbers of a zone look like, as a regular expression for JavaScript and PostgreSQL. */
const ZONES = {
  'north-america': `^\\+1(?!${OTHER_COUNTRIES.join('|')})[2-9]\\d{9}$`,
  australia: '^\\+614\\d{8}$',
} as const;
export type PictureZone = keyof typeof ZONES;

/** Short codes are numbers of North America, and pools are taken to be; an Australian sender may be any mobile number. */
const SHORT_CODE = /^\d{5,6}$/;

/**
 * The numbers that a sender can send pictures to, as a regular expression for JavaScript and PostgreSQL; undefined where it can send
 * them to nobody. Source: Twilio's and Plivo's documentation of MMS (United States, Canada; Twilio also Australia).
 */
export function pictureRecipients(zones: readonly PictureZone[], from: string): string | undefined {
  const zone = zones.find(
    (name) =>
      new RegExp(ZONES[name]).test(from) ||
      (name === 'north-america' && (SHORT_CODE.test(from) || MESSAGING_SERVICE.test(from))),
  );
  return zone && ZONES[zone];
}
