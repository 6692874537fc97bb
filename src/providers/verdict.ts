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

/**
 * Why an account is of no use now. `credentials`: they are not taken, or grant no sending; `account`: it is suspended, closed or out of
 * funds; `refused`: another refusal; `unreachable`: no answer, or none that says anything about the account.
 */
export const ACCOUNT_FAULTS = ['credentials', 'account', 'refused', 'unreachable'] as const;
export type AccountFault = (typeof ACCOUNT_FAULTS)[number];

/** Thrown where a provider was asked how an account is. The text holds the provider's code, and no secret. */
export class AccountNotWell extends Error {
  constructor(
    provider: string,
    readonly fault: AccountFault,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`${provider} is not well: ${why}`, options);
    this.name = 'AccountNotWell';
  }
}

/** By what the provider answered to a call that sends nothing. */
export const notWell = (
  provider: string,
  setback: Outcome & { readonly code: string },
  options?: ErrorOptions,
): AccountNotWell => new AccountNotWell(provider, faultOfSetback(setback), setback.code, options);

function faultOfSetback(setback: Outcome): AccountFault {
  if (setback.kind !== 'refused') return 'unreachable';
  if (setback.reason === 'config') return 'credentials';
  return setback.reason === 'account' ? 'account' : 'refused';
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
