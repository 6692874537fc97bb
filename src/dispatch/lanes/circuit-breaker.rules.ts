/** A lane's circuit breaker: what its provider's answers say of everything that waits in it, not of one message. Pure. */
import type { Outcome } from '../../providers/index.js';

export const OPEN_REASONS = ['rate', 'quota', 'unreachable', 'no_answer', 'config', 'account'] as const;
export type OpenReason = (typeof OPEN_REASONS)[number];

/** How a lane has fared since its provider last took a message, or gave a sensible answer about one. */
export interface BreakerState {
  /** Openings in a row: each is longer than the one before. */
  readonly rests: number;
  /** Answers in a row that say something is wrong, since it last opened. */
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
  /** So many in a row are no accident of one message. */
  readonly setbacks: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

const MINUTE_MS = 60_000;
const PATIENCE: Readonly<Record<OpenReason, Patience>> = {
  rate: { setbacks: 1, firstMs: 1_000, longestMs: MINUTE_MS },
  quota: { setbacks: 1, firstMs: MINUTE_MS, longestMs: 15 * MINUTE_MS },
  // Each message in doubt is one that somebody may have to decide about.
  unreachable: { setbacks: 5, firstMs: 1_000, longestMs: 5 * MINUTE_MS },
  no_answer: { setbacks: 5, firstMs: 1_000, longestMs: 5 * MINUTE_MS },
  config: { setbacks: 3, firstMs: 15_000, longestMs: 15 * MINUTE_MS },
  account: { setbacks: 1, firstMs: 15_000, longestMs: 15 * MINUTE_MS },
};
/** What a provider asks for is believed up to here. */
const LONGEST_ASKED_MS = 60 * MINUTE_MS;
/** Where it takes some and refuses others for their rate, a moment is enough. */
const MOMENT_MS = 200;

/** Beyond these an opening is as long as it gets; kept small for the arithmetic and the column. */
const MOST_RESTS = 20;

export const CLOSED: BreakerState = { rests: 0, setbacks: 0, reason: null, code: null };

/** After it was open, but for the rate alone, one message is tried first. */
export const isHalfOpen = ({ rests, reason }: BreakerState): boolean => rests > 0 && reason !== 'rate';

/**
 * What the outcomes of calls that were under way together say. Any that shows the provider at work, a refusal of one recipient
 * too, closes the breaker; a rate or a quota that is spent opens it even so. With `random` between 0 and 1.
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

/** Codes of calls that were never begun, for reasons of our own. */
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

/** The one that asks for the longest patience: an account that is closed outweighs its rate. */
function worstOf(wrongs: readonly Wrong[]): Wrong | undefined {
  const weight = ({ reason }: Wrong): number => OPEN_REASONS.indexOf(reason);
  return wrongs.toSorted((one, other) => weight(other) - weight(one))[0];
}
