/** Twilio's keywords (its documentation on opt-out keywords). */
import { keywordIn, type Keyword, type KeywordLists } from '../keywords.js';

const TWILIO_KEYWORDS: KeywordLists = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  start: ['START', 'UNSTOP'],
  yes: ['YES'],
  help: ['HELP', 'INFO'],
};

const OPT_OUT_TYPES: ReadonlyMap<string, Keyword> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/** WhatsApp's own button of marketing templates, as Meta names it in English; its payload may be any text. */
const OPT_OUT_BUTTON = 'STOPPROMOTIONS';

/**
 * The keyword of a button that was tapped on WhatsApp: by its payload, which the template's author chose, else by its text.
 */
export function keywordOfButton(payload: string | null, text: string | null): Keyword | undefined {
  const words = [payload, text].filter((word) => word !== null && word !== '');
  const keyword = words.map((word) => keywordIn(word ?? '', TWILIO_KEYWORDS)).find((found) => found !== undefined);
  const isOptOut = words.some((word) => word?.toUpperCase().replace(/[\s\p{P}]/gu, '') === OPT_OUT_BUTTON);
  return keyword ?? (isOptOut ? 'stop' : undefined);
}

/**
 * The keyword of an inbound message. `optOutType` is Twilio's own verdict, present if Advanced Opt-Out is on, and takes
 * precedence.
 */
export const keywordOf = (body: string, optOutType: string | null): Keyword | undefined =>
  OPT_OUT_TYPES.get(optOutType?.toUpperCase() ?? '') ?? keywordIn(body, TWILIO_KEYWORDS);
