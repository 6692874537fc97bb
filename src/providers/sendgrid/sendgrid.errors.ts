/** SendGrid's errors in our terms. */
import { listAt, stringAt } from '../../kernel/index.js';
import { outcomeOf, verdictOfStatus, type Setback, type Verdict } from '../verdict.js';
import type { SendGridAnswer } from './sendgrid.client.js';

interface Rule {
  readonly status: number;
  /** Applies only if the field, without its indexes, begins with this. The first matching rule decides. */
  readonly field?: string;
  /** Applies only if the words match. */
  readonly says?: RegExp;
  readonly verdict: Verdict;
}

/**
 * Statuses, fields and words as published by SendGrid ("Errors", "Sender Identity"), which gives its errors no codes. All
 * senders share the account's lane, so an unverified address is a `sender` error and never stops the others.
 */
export const SENDGRID_RULES: readonly Rule[] = [
  { status: 400, field: 'personalizations.to', verdict: 'recipient' },
  { status: 400, field: 'from', verdict: 'sender' },
  { status: 400, field: 'reply_to', verdict: 'sender' },
  { status: 400, verdict: 'content' },
  { status: 401, says: /credits exceeded/i, verdict: 'quota' },
  { status: 401, verdict: 'config' },
  { status: 403, field: 'from', verdict: 'sender' },
  { status: 403, says: /sender identity/i, verdict: 'sender' },
  { status: 403, says: /suspended|deactivated|under review/i, verdict: 'account' },
  { status: 403, verdict: 'config' },
];

/** One error of a refused call. */
export interface SendGridError {
  /** As in `personalizations.3.to.0.email`; empty if it names none. */
  readonly field: string;
  readonly message: string;
}

export const errorsIn = ({ body }: SendGridAnswer): SendGridError[] =>
  listAt(body, 'errors').map((each) => ({
    field: stringAt(each, 'field') ?? '',
    message: stringAt(each, 'message') ?? '',
  }));

/** The index of the email that an error is about; undefined if it is about the call. */
export function indexOf({ field }: SendGridError): number | undefined {
  const index = /^personalizations\.(\d+)\./.exec(field)?.[1];
  return index === undefined ? undefined : Number(index);
}

/** The outcome of a refused call, by one of its errors, if it has any. A 5xx and a 408 may have been carried out. */
export function outcomeOfSendGridError(answer: SendGridAnswer, error?: SendGridError): Setback {
  const { status, headers } = answer;
  if (status < 400 || status === 408 || status >= 500)
    return outcomeOf('unknown', `http-${status}`, { message: error?.message });
  const { field = '', message = '' } = error ?? {};
  const place = field.replace(/\.\d+(?=\.|$)/g, '');
  const verdict = verdictOf(status, place, message);
  const code = place === '' ? `http-${status}` : `http-${status} ${place}`.slice(0, 64);
  return outcomeOf(verdict, code, { message, retryAfterMs: untilReset(headers['x-ratelimit-reset']) });
}

function verdictOf(status: number, place: string, message: string): Verdict {
  const rule = SENDGRID_RULES.find(
    (each) =>
      each.status === status &&
      (each.field === undefined || place === each.field || place.startsWith(`${each.field}.`)) &&
      (each.says?.test(message) ?? true),
  );
  return rule?.verdict ?? verdictOfStatus(status);
}

/** Milliseconds until a time in epoch seconds. */
function untilReset(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,12}$/.test(header)
    ? Math.max(0, Number(header) * 1_000 - Date.now())
    : undefined;
}
