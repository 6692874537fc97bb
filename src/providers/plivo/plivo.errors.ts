/** Plivo's errors in our terms: those of a call, which have no codes, and those of a message that was taken. */
import { at } from '../../kernel/index.js';
import { retryAfterMs } from '../retry-after.js';
import { outcomeOf, verdictOfStatus, type Setback, type Verdict } from '../verdict.js';
import type { PlivoAnswer } from './plivo.client.js';

interface Rule {
  readonly status: number;
  /** Applies only if the words match. The first matching rule decides. */
  readonly says?: RegExp;
  readonly verdict: Verdict;
}

/**
 * Statuses as published by Plivo, and the parameters that its words name. Each number has its own lane, so what is wrong with
 * the source applies to all messages there; a country that the account may not write to (403) leaves the others.
 */
export const PLIVO_RULES: readonly Rule[] = [
  { status: 400, says: /\bdst\b|destination/i, verdict: 'recipient' },
  { status: 400, says: /\bsrc\b|source|sender|powerpack/i, verdict: 'config' },
  { status: 400, says: /\btext\b|\bmedia|length|too long/i, verdict: 'content' },
  { status: 401, verdict: 'config' },
  { status: 402, verdict: 'account' },
  { status: 403, verdict: 'sender' },
  { status: 404, verdict: 'config' },
  { status: 405, verdict: 'config' },
];

/** The outcome of a call that was not accepted. A 5xx and a 408 may have been carried out. */
export function outcomeOfPlivoError({ status, headers, body }: PlivoAnswer): Setback {
  const error = at(body, 'error') ?? at(body, 'message') ?? '';
  const message = typeof error === 'string' ? error : JSON.stringify(error);
  const code = `http-${status}`;
  if (status < 400 || status === 408 || status >= 500) return outcomeOf('unknown', code, { message });
  const rule = PLIVO_RULES.find((each) => each.status === status && (each.says?.test(message) ?? true));
  return outcomeOf(rule?.verdict ?? verdictOfStatus(status), code, {
    message,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

/** The codes of messages that were taken and did not arrive. Source: Plivo's list of messaging error codes, in our words. */
export const PLIVO_CODES: Readonly<Record<string, string>> = {
  10: 'The message is not valid.',
  20: 'The carrier’s network failed.',
  30: 'The carrier filtered the message as spam.',
  40: 'The sender is not valid.',
  50: 'The number is not valid.',
  60: 'The message went round in circles between carriers.',
  70: 'The number is out of use.',
  80: 'The phone is switched off, out of reach, or takes no messages now.',
  90: 'There is no route from this sender to this number.',
  100: 'The carrier does not let this message through.',
  110: 'The message is too long.',
  120: 'The pictures are too large.',
  200: 'The person has said STOP to this sender.',
  201: 'A toll-free number does not reach Canada.',
  300: 'Plivo could not dispatch the message.',
  420: 'Its time to be sent was over before it left Plivo.',
  450: 'The account may not send to this country.',
  900: 'The account is out of credit.',
  910: 'The account is disabled.',
  1000: 'The carrier gave no reason.',
};

/** A text reaches the same phone. */
export const PICTURE_FAULTS: readonly string[] = ['120'];

/** The number takes no texts from anybody. */
const DEAD_NUMBER: ReadonlySet<string> = new Set(['50', '70']);
const STOPPED = '200';

/** What a code means for the person. */
export const saysDeadNumber = (code: string | undefined): boolean => code !== undefined && DEAD_NUMBER.has(code);
export const saysOptedOut = (code: string | undefined): boolean => code === STOPPED;
