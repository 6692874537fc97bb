/** What a provider's list proves about a message in doubt. Pure. */
import type { Content, Trace } from '../../providers/index.js';

/** A call is over, one way or the other, within this time after it was given up. */
const AFTERMATH_MS = 60_000;

export type Finding =
  /** The message itself. */
  | { readonly kind: 'taken'; readonly trace: Trace }
  /** Nothing that could be it: it was not sent. */
  | { readonly kind: 'absent' }
  /** Something that may or may not be it. */
  | { readonly kind: 'unclear' };

/**
 * `traces`: all that the provider took for this person from this sender since the message was accepted, except known other
 * messages. An empty list proves absence; an entry with the same text proves that it was taken, since whichever of several
 * equal messages it is, the person has it; anything else proves nothing.
 */
export function findingOf(content: Content, doubtedSince: Date, traces: readonly Trace[]): Finding {
  if (traces.length === 0) return { kind: 'absent' };
  if (content.kind !== 'text') return { kind: 'unclear' };
  const latest = doubtedSince.getTime() + AFTERMATH_MS;
  const trace = traces.find(({ body, createdAt }) => body === content.body && createdAt.getTime() <= latest);
  return trace ? { kind: 'taken', trace } : { kind: 'unclear' };
}
