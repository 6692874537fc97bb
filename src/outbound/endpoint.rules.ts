/** What the answers of an endpoint mean for it: pure. */
import type { Verdict } from '../notices/index.js';

/** So many failures without a success, and it is only probed: one call at a time, with pauses. */
export const FAILURES_TO_PROBE = 5;
/** It is disabled if nothing was taken for so many days, in at least so many attempts. */
export const DAYS_TO_DISABLE = 3;
export const FAILURES_TO_DISABLE = 20;

const FIRST_MS = 5_000;
const GROWTH = 2;
/** So an endpoint that is back is known to be after this at the latest. */
const LONGEST_MS = 10 * 60_000;
/** Half of it each way, so that endpoints that failed together do not come back together. */
const JITTER = 0.4;

/** Milliseconds until an endpoint that has failed so often is called again; 0 while it is not only probed. `random` is from 0 to 1. */
export function probeAfterMs(failures: number, random: number): number {
  if (failures < FAILURES_TO_PROBE) return 0;
  const usual = Math.min(LONGEST_MS, FIRST_MS * GROWTH ** Math.min(failures - FAILURES_TO_PROBE, 16));
  return Math.round(usual * (1 - JITTER / 2 + JITTER * random));
}

/** Milliseconds for which the answers of a batch ask to be left alone, up to the longest pause; 0 if none does. */
export function askedMs(verdicts: readonly Verdict[]): number {
  const asked = verdicts.map((verdict) => (verdict.kind === 'failed' ? (verdict.retryAfterMs ?? 0) : 0));
  return Math.min(LONGEST_MS, Math.max(0, ...asked));
}

/** What a batch of answers says of the endpoint itself. */
export type Health =
  /** It took something. */
  | 'takes'
  /** It took nothing. */
  | 'fails'
  /** It said that it will never take anything. */
  | 'gone'
  /** Nothing: the faults were ours. */
  | 'unknown';

const GONE = 'http_410';
/** Faults on our side. */
export const NOT_CALLED = 'not_called';
export const EVENT_GONE = 'event_gone';

/** An endpoint that takes some is alive, whatever it thinks of the others. */
export function healthOf(verdicts: readonly Verdict[]): Health {
  const answers = verdicts.filter((verdict) => verdict.kind === 'delivered' || !isOurs(verdict.error));
  if (answers.some((verdict) => verdict.kind === 'refused' && verdict.error === GONE)) return 'gone';
  if (answers.some(({ kind }) => kind === 'delivered')) return 'takes';
  return answers.length > 0 ? 'fails' : 'unknown';
}

const isOurs = (error: string): boolean => error === NOT_CALLED || error === EVENT_GONE;
