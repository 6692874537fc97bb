/** A lane's circuit breaker: derived from provider responses that concern the whole lane, not one message. Pure. */
import type { Outcome } from '../../providers/index.js';

export const OPEN_REASONS = ['rate', 'quota', 'unreachable', 'no_answer', 'config', 'account'] as const;
export type OpenReason = (typeof OPEN_REASONS)[number];

/** Failures of a lane since its provider last accepted a message, or refused one for a reason of that message. */
export interface BreakerState {
  /** Openings in a row: each lasts longer than the previous one. */
  readonly rests: number;
  /** Failures in a row since it last opened. */
  readonly setbacks: number;
  readonly reason: OpenReason | null;
  readonly code: string | null;
  /**
   * Different recipients refused for an unlisted reason since then, the newest last. Only the drain that saw them knows them: while
   * another has the lane, others may have been accepted.
   */
  readonly suspects: readonly string[];
  /** Former suspects: the lane worked for others, so what they are refused for is their own. */
  readonly odd: readonly string[];
}

/** One message's outcome. */
export interface Answer {
  readonly outcome: Outcome;
  readonly recipient: string;
  /** A message refused before is no new evidence: odd ones are tried again together, without the others. */
  readonly isFirst: boolean;
}

export interface Opening {
  readonly ms: number;
  readonly reason: OpenReason;
  readonly code: string;
}

interface Patience {
  /** Failures in a row that open it: fewer may be due to single messages. */
  readonly setbacks: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

const MINUTE_MS = 60_000;
const PATIENCE: Readonly<Record<OpenReason, Patience>> = {
  rate: { setbacks: 1, firstMs: 1_000, longestMs: MINUTE_MS },
  quota: { setbacks: 1, firstMs: MINUTE_MS, longestMs: 15 * MINUTE_MS },
  // Each failure may leave a message in doubt, which an operator may have to settle.
  unreachable: { setbacks: 5, firstMs: 1_000, longestMs: 5 * MINUTE_MS },
  no_answer: { setbacks: 5, firstMs: 1_000, longestMs: 5 * MINUTE_MS },
  config: { setbacks: 3, firstMs: 15_000, longestMs: 15 * MINUTE_MS },
  account: { setbacks: 1, firstMs: 15_000, longestMs: 15 * MINUTE_MS },
};
/** Upper limit for a delay requested by a provider. */
const LONGEST_ASKED_MS = 60 * MINUTE_MS;
/** Opening if the provider accepts some and rate-limits others. */
const MOMENT_MS = 200;

/** Beyond this, openings have their maximum length anyway; small enough for the arithmetic and the column. */
const MOST_RESTS = 20;

/** Different recipients refused alike that show the lane at fault, */
const ENOUGH_SUSPECTS = PATIENCE.config.setbacks;
/** and how many of a kind are remembered. */
const MOST_REMEMBERED = 50;

export const CLOSED: BreakerState = { rests: 0, setbacks: 0, reason: null, code: null, suspects: [], odd: [] };

/** After it was open, one message is sent as a probe, except if only the rate limit opened it. */
export const isHalfOpen = ({ rests, reason }: BreakerState): boolean => rests > 0 && reason !== 'rate';

/** Whether the lane itself is refused: then an unlisted refusal is not its message's fault. */
export const isRefused = ({ rests, reason, suspects }: BreakerState): boolean =>
  (rests > 0 && reason === 'config') || suspects.length >= ENOUGH_SUSPECTS;

/**
 * The breaker after the outcomes of concurrent calls. Any that shows the provider working, including a refusal of one
 * recipient, closes it; a rate limit or a spent quota opens it even then. An unlisted refusal shows neither, until different
 * recipients have met it in succession; once more of a known recipient proves nothing. `random` is between 0 and 1.
 */
export function breakerAfter(
  breaker: BreakerState,
  answers: readonly Answer[],
  random: number,
): { readonly breaker: BreakerState; readonly opening?: Opening } {
  const isAtWork = answers.some(({ outcome }) => showsWork(outcome));
  const suspected = withSuspects(breaker, answers);
  const before = isAtWork ? cleared(suspected) : suspected;
  const wrongs = [...answers.flatMap(({ outcome }) => wrongOf(outcome)), ...unlistedWrong(breaker, before, answers)];
  const worst = worstOf(isAtWork ? wrongs.filter(({ reason }) => reason === 'rate' || reason === 'quota') : wrongs);
  if (!worst) return { breaker: before };
  const { reason, code } = worst;
  const setbacks = before.setbacks + wrongs.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const { setbacks: enough, firstMs, longestMs } = PATIENCE[reason];
  if (before.rests === 0 && setbacks < enough) return { breaker: { ...before, setbacks, reason, code } };
  const asked = Math.max(...wrongs.map(({ retryAfterMs = 0 }) => retryAfterMs));
  const own = isAtWork && reason === 'rate' ? MOMENT_MS : Math.min(longestMs, firstMs * 2 ** before.rests);
  const ms = asked > 0 ? Math.min(asked, LONGEST_ASKED_MS) : own * (0.5 + random / 2);
  const rests = Math.min(before.rests + 1, MOST_RESTS);
  return { breaker: { ...before, rests, setbacks: 0, reason, code }, opening: { ms, reason, code } };
}

interface Wrong {
  readonly reason: OpenReason;
  readonly code: string;
  readonly retryAfterMs?: number;
  /** The failures that it counts as; 1 by default. */
  readonly weight?: number;
}

/** Codes of calls that were never started, for reasons on our side. */
const OURS: ReadonlySet<string> = new Set(['not_called', 'aborted']);

function wrongOf(outcome: Outcome): Wrong[] {
  if (outcome.kind === 'accepted' || OURS.has(outcome.code)) return [];
  const { code } = outcome;
  if (outcome.kind === 'unknown') return [{ reason: 'no_answer', code }];
  if (outcome.kind === 'deferred') {
    const { reason, retryAfterMs } = outcome;
    return reason === 'busy' ? [] : [{ reason, code, retryAfterMs }];
  }
  return outcome.reason === 'config' || outcome.reason === 'account' ? [{ reason: outcome.reason, code }] : [];
}

const isUnlisted = (outcome: Outcome): boolean => outcome.kind === 'refused' && outcome.reason === 'unlisted';

const isOfOneRecipient = (outcome: Outcome): boolean =>
  outcome.kind === 'refused' || (outcome.kind === 'deferred' && outcome.reason === 'busy');

const showsWork = (outcome: Outcome): boolean =>
  outcome.kind === 'accepted' || (isOfOneRecipient(outcome) && !isUnlisted(outcome) && wrongOf(outcome).length === 0);

function withSuspects(breaker: BreakerState, answers: readonly Answer[]): BreakerState {
  const met = answers.flatMap(({ outcome, recipient, isFirst }) => (isFirst && isUnlisted(outcome) ? [recipient] : []));
  const fresh = met.filter((recipient) => !breaker.odd.includes(recipient));
  return fresh.length === 0 ? breaker : { ...breaker, suspects: newest(breaker.suspects, fresh) };
}

const cleared = ({ suspects, odd }: BreakerState): BreakerState => ({ ...CLOSED, odd: newest(odd, suspects) });

const newest = (known: readonly string[], more: readonly string[]): string[] =>
  [...new Set([...known, ...more])].slice(-MOST_REMEMBERED);

/** One failure of the lane's set-up, if recipients that were not suspects before have become enough of them. */
function unlistedWrong(before: BreakerState, after: BreakerState, answers: readonly Answer[]): Wrong[] {
  const fresh = after.suspects.some((recipient) => !before.suspects.includes(recipient));
  if (!fresh || after.suspects.length < ENOUGH_SUSPECTS) return [];
  const code = answers
    .flatMap(({ outcome }) => (isUnlisted(outcome) && 'code' in outcome ? [outcome.code] : []))
    .at(-1);
  return code === undefined ? [] : [{ reason: 'config', code, weight: ENOUGH_SUSPECTS }];
}

/** The most severe one: a closed account outweighs its rate limit. */
function worstOf(wrongs: readonly Wrong[]): Wrong | undefined {
  const weight = ({ reason }: Wrong): number => OPEN_REASONS.indexOf(reason);
  return wrongs.toSorted((one, other) => weight(other) - weight(one))[0];
}
