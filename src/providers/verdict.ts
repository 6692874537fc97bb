/** The verdicts in adapters' error tables, and the outcome of each. */
import type { Outcome, RefusalClass } from './provider.port.js';

/** What a provider's error means for the message: refused, deferred, or in doubt. */
export type Verdict = RefusalClass | 'rate' | 'quota' | 'unreachable' | 'busy' | 'unknown';

/** Any outcome but acceptance. */
export type Setback = Exclude<Outcome, { kind: 'accepted' }>;

interface More {
  /** Ignored unless it is a text: a proxy's error may hold anything. */
  readonly message?: unknown;
  readonly retryAfterMs?: number | undefined;
}

/** `code` is the provider's own, and `message` its words. */
export function outcomeOf(verdict: Verdict, code: string, { message, retryAfterMs }: More = {}): Setback {
  const said = typeof message === 'string' && message !== '' ? { message } : {};
  switch (verdict) {
    case 'unknown':
      return { kind: 'unknown', code, ...said };
    case 'rate':
    case 'quota':
    case 'unreachable':
    case 'busy':
      return {
        kind: 'deferred',
        reason: verdict,
        code,
        ...said,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      };
    case 'recipient':
    case 'opted-out':
    case 'content':
    case 'sender':
    case 'pair':
    case 'config':
    case 'account':
    case 'unlisted':
      return { kind: 'refused', reason: verdict, code, ...said };
  }
}

/** The verdict on a 4xx that no table lists, by its HTTP status. */
export function verdictOfStatus(status: number): Verdict {
  switch (status) {
    case 401:
      return 'config';
    case 413:
      return 'content';
    case 429:
      return 'rate';
    default:
      return 'unlisted';
  }
}

/** A refusal of one message, perhaps, of those in a call: each is to be tried alone. */
export const mayBeOfOne = (outcome: Outcome): boolean => outcome.kind === 'refused' && OF_ONE.has(outcome.reason);

const OF_ONE: ReadonlySet<RefusalClass> = new Set(['recipient', 'content', 'unlisted']);

/** For envelopes whose call never began, because the caller aborted before. */
export const NOT_BEGUN = outcomeOf('unreachable', 'aborted');

/** For an envelope that an adapter cannot carry. */
export const UNSUPPORTED = outcomeOf('content', 'unsupported-content');

/** For an envelope that the provider's otherwise successful response does not mention. */
export const NO_ANSWER = outcomeOf('unknown', 'no-answer');
