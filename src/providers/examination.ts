/** What an examination of a provider account found, for the operator who reads it. */

/** `skipped`: it could not be looked at, which is no fault in itself. */
export type FindingResult = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  /** What was looked at, such as `sender`. */
  readonly subject: string;
  readonly result: FindingResult;
  /** What was found, as the end of a sentence: without secrets and addresses. */
  readonly detail: string;
  /** What to do next. */
  readonly advice?: string;
}

/** How the platform uses the account. */
export interface SetUp {
  /** The sender of venues without their own, except on WhatsApp. */
  readonly from?: string;
  /** The public URL of the provider's webhooks. */
  readonly webhookUrl: string;
}

export const ok = (subject: string, detail: string): Finding => ({ subject, result: 'ok', detail });
export const skipped = (subject: string, detail: string, advice?: string): Finding => ({
  subject,
  result: 'skipped',
  detail,
  ...(advice !== undefined && { advice }),
});
export const warning = (subject: string, detail: string, advice: string): Finding => ({
  subject,
  result: 'warning',
  detail,
  advice,
});
export const failed = (subject: string, detail: string, advice: string): Finding => ({
  subject,
  result: 'failed',
  detail,
  advice,
});

const SUSPICIOUS_SKEW_MS = 5_000;
/** AWS refuses signatures that are five minutes off, as Standard Webhooks do; a minute is far from any clock that is set. */
const BAD_SKEW_MS = 60_000;
const SET_CLOCK = 'Set the clock of this machine by NTP.';

/** Our clock beside another, of which `at` was read between two times of ours; all in milliseconds. */
export function clockFinding(at: number, askedAt: number, answeredAt: number): Finding {
  const skewMs = Math.round(at - (askedAt + answeredAt) / 2);
  // What passed on the way may have passed on either side.
  const certainMs = Math.max(0, Math.abs(skewMs) - (answeredAt - askedAt) / 2);
  const detail = `${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} ours`;
  if (certainMs > BAD_SKEW_MS) return failed('clock', detail, `${SET_CLOCK} Signatures are refused.`);
  return certainMs > SUSPICIOUS_SKEW_MS ? warning('clock', detail, SET_CLOCK) : ok('clock', detail);
}

/** The same by the `Date` header of an answer, which names a whole second; nothing without one. */
export function clockFindings(date: unknown, askedAt: number, answeredAt = Date.now()): readonly Finding[] {
  const at = typeof date === 'string' ? Date.parse(date) : NaN;
  return Number.isNaN(at) ? [] : [clockFinding(at + 500, askedAt, answeredAt)];
}

const NEARLY_SPENT = 0.8;

/** How much of a quota is spent. `period`: as in "of 50000 emails today". */
export function quotaFinding(used: number, limit: number, period: string): Finding {
  const detail = `${used} of ${limit} emails ${period}`;
  const advice = 'Raise the quota with the provider, or send less: messages wait once it is spent.';
  if (used >= limit) return failed('quota', detail, advice);
  return used >= limit * NEARLY_SPENT ? warning('quota', detail, advice) : ok('quota', detail);
}

/** The domain of an email address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
