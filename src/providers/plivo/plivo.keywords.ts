/** Plivo's keywords (its documentation on opt-outs). GO and RESUME opt in there too, and answer many questions. */
import { keywordIn, type Keyword, type KeywordLists } from '../keywords.js';

const PLIVO_KEYWORDS: KeywordLists = {
  stop: ['STOP', 'STOP ALL', 'END', 'QUIT', 'CANCEL', 'UNSUBSCRIBE', 'UNSUB'],
  start: ['START', 'UNSTOP'],
  yes: ['YES', 'GO', 'RESUME'],
  help: ['HELP', 'INFO'],
};

/** The keyword of an inbound message. */
export const keywordOf = (body: string): Keyword | undefined => keywordIn(body, PLIVO_KEYWORDS);
