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

export const CLOSED: BreakerState = { rests: 0, setbacks: 0, reason: null, code: null };

/** After it was open, one message is sent as a probe, except if only the rate limit opened it. */
export const isHalfOpen = ({ rests, reason }: BreakerState): boolean => rests > 0 && reason !== 'rate';

/**
 * The breaker after the outcomes of concurrent calls. Any that shows the provider working, including a refusal of one
 * recipient, closes it; a rate limit or a spent quota opens it even then. `random` is between 0 and 1.
 */
export function breakerAfter(
  breaker: BreakerState,
  outcomes: readonly Outcome[],
  random: number,
): { readonly breaker: BreakerState; readonly opening?: Opening } {
  const wrongs = outcomes.flatMap(wrongOf);
  const isAtWork = outcomes.some(showsWork);
  const before = isAtWork ? CLOSED : breaker;
  const worst = worstOf(isAtWork ? wrongs.filter(({ reason }) => reason === 'rate' || reason === 'quota') : wrongs);
  if (!worst) return { breaker: before };
  const { reason, code } = worst;
  const setbacks = before.setbacks + wrongs.length;
  const { setbacks: enough, firstMs, longestMs } = PATIENCE[reason];
  if (before.rests === 0 && setbacks < enough) return { breaker: { ...before, setbacks, reason, code } };
  const asked = Math.max(...wrongs.map(({ retryAfterMs = 0 }) => retryAfterMs));
  const own = isAtWork && reason === 'rate' ? MOMENT_MS : Math.min(longestMs, firstMs * 2 ** before.rests);
  const ms = asked > 0 ? Math.min(asked, LONGEST_ASKED_MS) : own * (0.5 + random / 2);
  const rests = Math.min(before.rests + 1, MOST_RESTS);
  return { breaker: { rests, setbacks: 0, reason, code }, opening: { ms, reason, code } };
}

interface Wrong {
  readonly reason: OpenReason;
  readonly code: string;
  readonly retryAfterMs?: number;
}

/** Codes of calls that were never started, for reasons on our side. */
const OURS: ReadonlySet<string> = new Set(['not_called', 'aborted']);

function wrongOf(outcome: Outcome): Wrong[] {
  if (outcome.kind === 'accepted' || OURS.has(outcome.code)) return [];
  const { code } = outcome;
  if (outcome.kind === 'unknown') return [{ reason: 'no_answer', code }];
  if (outcome.kind === 'deferred') return [{ reason: outcome.reason, code, retryAfterMs: outcome.retryAfterMs }];
  return outcome.reason === 'config' || outcome.reason === 'account' ? [{ reason: outcome.reason, code }] : [];
}

const showsWork = (outcome: Outcome): boolean =>
  outcome.kind === 'accepted' || (outcome.kind === 'refused' && wrongOf(outcome).length === 0);

/** The most severe one: a closed account outweighs its rate limit. */
function worstOf(wrongs: readonly Wrong[]): Wrong | undefined {
  const weight = ({ reason }: Wrong): number => OPEN_REASONS.indexOf(reason);
  return wrongs.toSorted((one, other) => weight(other) - weight(one))[0];
}
