/** Keywords for opting out, opting in, and help: the whole message, in any case. */

/** `yes` opts in at the provider, but answers many questions: it counts only for somebody who is opted out. */
export type Keyword = 'stop' | 'start' | 'yes' | 'help';

/** A provider's own words, in capitals. */
export interface KeywordLists {
  readonly stop: readonly string[];
  readonly start: readonly string[];
  /** Words that answer many questions. */
  readonly yes: readonly string[];
  readonly help: readonly string[];
}

/** The keyword of an inbound message. "Stop." and "opt-out" count too, whatever the provider does; START gets no such tolerance. */
export function keywordIn(body: string, { stop, start, yes, help }: KeywordLists): Keyword | undefined {
  const word = body.trim().toUpperCase();
  const letters = word.replace(/[\s\p{P}]/gu, '');
  if (stop.some((each) => letters === each.replaceAll(' ', ''))) return 'stop';
  if (start.includes(word)) return 'start';
  if (yes.includes(word)) return 'yes';
  return help.includes(word) ? 'help' : undefined;
}
