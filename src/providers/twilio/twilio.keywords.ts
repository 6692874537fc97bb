/** The words by which people say that they want no more messages, or more, or help. */

/** Twilio's defaults (its documentation on opt-out keywords): the whole message, in any case. */
const STOP: ReadonlySet<string> = new Set([
  'STOP',
  'STOPALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'REVOKE',
  'OPTOUT',
]);
const START: ReadonlySet<string> = new Set(['START', 'YES', 'UNSTOP']);
const HELP: ReadonlySet<string> = new Set(['HELP', 'INFO']);

export type Keyword = 'stop' | 'start' | 'help';

const OPT_OUT_TYPES: ReadonlyMap<string, Keyword> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/**
 * The keyword of an inbound message. `optOutType` is Twilio's own verdict, present where Advanced Opt-Out is on, and wins.
 * YES means `start` only to Twilio: it is an answer to many questions, so it should count only for somebody who is out.
 */
export function keywordOf(body: string, optOutType: string | null): Keyword | undefined {
  const verdict = OPT_OUT_TYPES.get(optOutType?.toUpperCase() ?? '');
  if (verdict) return verdict;
  const word = body.trim().toUpperCase();
  // "Stop." and "opt-out" are meant, though Twilio does not take them. The other way round nothing is read into a message.
  if (STOP.has(word.replace(/[\s\p{P}]/gu, ''))) return 'stop';
  if (START.has(word)) return 'start';
  return HELP.has(word) ? 'help' : undefined;
}
