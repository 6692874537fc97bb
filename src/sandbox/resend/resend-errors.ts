/** Resend's responses and error formats: https://resend.com/docs/api-reference/errors */
import { WireRefusal, type WireAnswer } from '../wire.js';

const STATUS = {
  missing_api_key: 401,
  invalid_api_key: 403,
  validation_error: 422,
  invalid_idempotency_key: 400,
  invalid_idempotent_request: 409,
  concurrent_idempotent_requests: 409,
  not_found: 404,
  /** Invented: a name that no table lists. */
  odd_error: 418,
  rate_limit_exceeded: 429,
  internal_server_error: 500,
} as const;
export type ResendErrorName = keyof typeof STATUS;

/** `message` is text, but for `odd_error`. */
export function resendError(name: ResendErrorName, message: unknown): WireAnswer {
  const statusCode = STATUS[name];
  const headers: Record<string, string> = statusCode === 429 ? { 'retry-after': '1' } : {};
  return resendJson({ statusCode, name, message }, statusCode, headers);
}

export const resendRefusal = (name: ResendErrorName, message: unknown): WireRefusal =>
  new WireRefusal(resendError(name, message));

export const resendJson = (body: object, status = 200, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
