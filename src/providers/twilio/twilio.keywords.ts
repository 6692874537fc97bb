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

/**
 * The keyword of an inbound message. `optOutType` is Twilio's own verdict, present if Advanced Opt-Out is on, and takes
 * precedence.
 */
export const keywordOf = (body: string, optOutType: string | null): Keyword | undefined =>
  OPT_OUT_TYPES.get(optOutType?.toUpperCase() ?? '') ?? keywordIn(body, TWILIO_KEYWORDS);
