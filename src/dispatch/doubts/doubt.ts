/** What a provider's list says of a message in doubt. Pure. */
import type { Content, Trace } from '../../providers/index.js';

/** A call is over, one way or the other, within this time of the moment it was given up. */
const AFTERMATH_MS = 60_000;

export type Finding =
  /** This is it. */
  | { readonly kind: 'taken'; readonly trace: Trace }
  /** The provider has nothing that could be it: it was not sent. */
  | { readonly kind: 'absent' }
  /** Something is there that may be it, or may not. */
  | { readonly kind: 'unclear' };

/**
 * `traces`: all that the provider took for this person from this sender since the message was accepted, but for what is known to be
 * another message. Nothing there proves absence; one with the very text proves that it was taken, since whichever of several equal
 * ones it is, the person has it; anything else proves nothing.
 */
export function findingOf(content: Content, doubtedSince: Date, traces: readonly Trace[]): Finding {
  if (traces.length === 0) return { kind: 'absent' };
  if (content.kind !== 'text') return { kind: 'unclear' };
  const latest = doubtedSince.getTime() + AFTERMATH_MS;
  const trace = traces.find(({ body, createdAt }) => body === content.body && createdAt.getTime() <= latest);
  return trace ? { kind: 'taken', trace } : { kind: 'unclear' };
}
