/** Resend's errors in our terms. */
import type { ErrorResponse } from 'resend';
import { retryAfterMs } from '../retry-after.js';
import { outcomeOf, verdictOfStatus, type Setback, type Verdict } from '../verdict.js';

interface Rule {
  readonly names: readonly string[];
  readonly status?: number;
  /** Applies only if the provider's message matches. The first matching rule decides. */
  readonly says?: RegExp;
  readonly verdict: Verdict;
}

const INVALID = ['validation_error', 'missing_required_field', 'invalid_parameter'];
const KEYS = ['missing_api_key', 'restricted_api_key', 'invalid_api_key', 'invalid_access'];

/**
 * Names and statuses as published by Resend. All senders share the account's lane, so an unverified domain is a `sender` error
 * and never stops the others. A key used before with another body, or whose first call is still running, proves that a call was
 * made, but not its result.
 */
export const RESEND_RULES: readonly Rule[] = [
  { names: ['validation_error'], status: 403, verdict: 'sender' },
  { names: ['invalid_from_address'], verdict: 'sender' },
  { names: INVALID, says: /`from`/, verdict: 'sender' },
  { names: INVALID, says: /`to`/, verdict: 'recipient' },
  { names: [...INVALID, 'invalid_attachment'], verdict: 'content' },
  { names: KEYS, verdict: 'config' },
  { names: ['security_error'], verdict: 'account' },
  { names: ['daily_quota_exceeded', 'monthly_quota_exceeded'], verdict: 'quota' },
  { names: ['rate_limit_exceeded'], verdict: 'rate' },
  { names: ['concurrent_idempotent_requests', 'invalid_idempotent_request'], verdict: 'unknown' },
];

type Refusal = Pick<ErrorResponse, 'name' | 'message' | 'statusCode'>;

/** The outcome of a call answered with an error. A 5xx and a 408 may have been carried out. */
export function outcomeOfResendError(
  { name, message, statusCode }: Refusal,
  headers: Readonly<Record<string, string>> | null = null,
): Setback {
  const status = statusCode ?? 0;
  if (status < 400 || status === 408 || status >= 500) return outcomeOf('unknown', `http-${status}`, { message });
  const rule = ruleFor(name, status, message);
  return outcomeOf(rule?.verdict ?? verdictOfStatus(status), rule ? name : `http-${status}`, {
    message,
    retryAfterMs: retryAfterMs(headers?.['retry-after']),
  });
}

/** The outcome of one email that Resend did not take in an answered batch: it gives a message and no name. */
export const outcomeOfEntry = (message: string): Setback =>
  outcomeOfResendError({ name: 'validation_error', message, statusCode: 422 });

function ruleFor(name: string, status: number, message: string): Rule | undefined {
  const words = message.replace(/\S+@\S+/g, ''); // an address must not match one of Resend's own phrases
  return RESEND_RULES.find(
    (rule) =>
      rule.names.includes(name) &&
      (rule.status === undefined || rule.status === status) &&
      (rule.says?.test(words) ?? true),
  );
}
