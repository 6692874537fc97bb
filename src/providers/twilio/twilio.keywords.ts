/** Keywords for opting out, opting in, and help. */

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
const START: ReadonlySet<string> = new Set(['START', 'UNSTOP']);
const HELP: ReadonlySet<string> = new Set(['HELP', 'INFO']);

/** `yes` means `start` to Twilio, but it answers many questions: it counts only for somebody who is opted out. */
export type Keyword = 'stop' | 'start' | 'yes' | 'help';

const OPT_OUT_TYPES: ReadonlyMap<string, Keyword> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/**
 * The keyword of an inbound message. `optOutType` is Twilio's own verdict, present if Advanced Opt-Out is on, and takes
 * precedence.
 */
export function keywordOf(body: string, optOutType: string | null): Keyword | undefined {
  const verdict = OPT_OUT_TYPES.get(optOutType?.toUpperCase() ?? '');
  if (verdict) return verdict;
  const word = body.trim().toUpperCase();
  // "Stop." and "opt-out" count too, though not at Twilio. START gets no such tolerance.
  if (STOP.has(word.replace(/[\s\p{P}]/gu, ''))) return 'stop';
  if (START.has(word)) return 'start';
  if (word === 'YES') return 'yes';
  return HELP.has(word) ? 'help' : undefined;
}
