/** When a lane rests: what its provider's answers say of everything that waits in it, not of one message. Pure arithmetic. */
import type { Outcome } from '../../providers/index.js';

export const REST_REASONS = ['rate', 'quota', 'unreachable', 'no_answer', 'config', 'account'] as const;
export type RestReason = (typeof REST_REASONS)[number];

/** How a lane has fared since its provider last took a message, or gave a sensible answer about one. */
export interface LaneHealth {
  /** Rests in a row: each is longer than the one before. */
  readonly rests: number;
  /** Answers in a row that say something is wrong, since the last rest. */
  readonly setbacks: number;
  readonly reason: RestReason | null;
  readonly code: string | null;
}

export interface Rest {
  readonly ms: number;
  readonly reason: RestReason;
  readonly code: string;
}

interface Patience {
  /** So many in a row are no accident of one message. */
  readonly setbacks: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

const MINUTE_MS = 60_000;
const PATIENCE: Readonly<Record<RestReason, Patience>> = {
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

/** Beyond these a rest is as long as it gets; kept small for the arithmetic and the column. */
const MOST_RESTS = 20;

export const WELL: LaneHealth = { rests: 0, setbacks: 0, reason: null, code: null };

/** A lane that has rested, but for its rate alone, tries one message first. */
export const isProbing = ({ rests, reason }: LaneHealth): boolean => rests > 0 && reason !== 'rate';

/**
 * What the outcomes of calls that were under way together say. Any that shows the provider at work, a refusal of one recipient
 * too, makes the lane well; a rate or a quota that is spent is heeded even so. With `random` between 0 and 1.
 */
export function healthAfter(
  health: LaneHealth,
  outcomes: readonly Outcome[],
  random: number,
): { readonly health: LaneHealth; readonly rest?: Rest } {
  const wrongs = outcomes.flatMap(wrongOf);
  const isAtWork = outcomes.some(showsWork);
  const before = isAtWork ? WELL : health;
  const worst = worstOf(isAtWork ? wrongs.filter(({ reason }) => reason === 'rate' || reason === 'quota') : wrongs);
  if (!worst) return { health: before };
  const { reason, code } = worst;
  const setbacks = before.setbacks + wrongs.length;
  const { setbacks: enough, firstMs, longestMs } = PATIENCE[reason];
  if (before.rests === 0 && setbacks < enough) return { health: { ...before, setbacks, reason, code } };
  const asked = Math.max(...wrongs.map(({ retryAfterMs = 0 }) => retryAfterMs));
  const own = isAtWork && reason === 'rate' ? MOMENT_MS : Math.min(longestMs, firstMs * 2 ** before.rests);
  const ms = asked > 0 ? Math.min(asked, LONGEST_ASKED_MS) : own * (0.5 + random / 2);
  const rests = Math.min(before.rests + 1, MOST_RESTS);
  return { health: { rests, setbacks: 0, reason, code }, rest: { ms, reason, code } };
}

interface Wrong {
  readonly reason: RestReason;
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
  const weight = ({ reason }: Wrong): number => REST_REASONS.indexOf(reason);
  return wrongs.toSorted((one, other) => weight(other) - weight(one))[0];
}
