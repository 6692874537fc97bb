/** When an alert begins, fires and is over: the state after a look at its value, pure. */
import type { AlertRule } from './rule.js';

export const STATES = ['pending', 'firing', 'resolved'] as const;
export type AlertState = (typeof STATES)[number];

/** An alert that is not over. */
export interface OpenAlert {
  readonly state: 'pending' | 'firing';
  /** Since when it is wrong. */
  readonly since: Date;
  /** Since when it is well again, while it still fires. */
  readonly clearSince: Date | null;
  /** When it was last looked at. */
  readonly evaluatedAt: Date;
}

/** What a look makes of it: `ok` if there is nothing, and was nothing that anybody knew of. */
export type Verdict =
  { readonly state: 'ok' } | ({ readonly state: AlertState } & Pick<OpenAlert, 'since' | 'clearSince'>);

/** Nobody looked for so long: whether it was wrong all the time is not known. */
const GAP_SECONDS = 120;

type Limits = Pick<AlertRule, 'wrong' | 'limit' | 'clearShare' | 'holdSeconds' | 'clearSeconds'>;

/** Whether a value is on the wrong side of the limit; where there is no value, nothing is wrong. */
export const isWrong = (value: number | null, { wrong, limit }: Limits): boolean =>
  value !== null && (wrong === 'above' ? value > limit : value < limit);

/** Whether it is so far from the limit that what was wrong may count as over. */
export const isWell = (value: number | null, rule: Limits): boolean =>
  value === null || (rule.wrong === 'above' ? value <= rule.limit * rule.clearShare : !isWrong(value, rule));

/** The next state, by the value at a moment. */
export function verdictOn(open: OpenAlert | undefined, value: number | null, rule: Limits, now: Date): Verdict {
  if (open?.state === 'firing') return whileFiring(open, value, rule, now);
  if (!isWrong(value, rule)) return { state: 'ok' };
  const since = open && secondsBetween(open.evaluatedAt, now) <= GAP_SECONDS ? open.since : now;
  const state = secondsBetween(since, now) >= rule.holdSeconds ? 'firing' : 'pending';
  return { state, since, clearSince: null };
}

function whileFiring({ since, ...open }: OpenAlert, value: number | null, rule: Limits, now: Date): Verdict {
  if (!isWell(value, rule)) return { state: 'firing', since, clearSince: null };
  const clearSince = open.clearSince ?? now;
  const isOver = secondsBetween(clearSince, now) >= rule.clearSeconds;
  return { state: isOver ? 'resolved' : 'firing', since, clearSince };
}

const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1_000;
