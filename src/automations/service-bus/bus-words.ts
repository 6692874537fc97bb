/** Failures of the bus in words for operators: the SDK's own may quote the address of the broker. Pure. */
import { errorLine } from '../../kernel/index.js';
import { TenantNotFound } from '../../tenants/index.js';
import { NoAnswer } from './within.js';

/** By the SDK's codes: https://learn.microsoft.com/javascript/api/@azure/service-bus/servicebuserror#code */
const WORDS: Readonly<Record<string, string>> = {
  MessagingEntityNotFound: 'there is no such topic or subscription: check SERVICEBUS_TOPIC and SERVICEBUS_SUBSCRIPTION',
  MessagingEntityDisabled: 'the subscription is disabled',
  UnauthorizedAccess: 'the key is refused, or may not listen: check SERVICEBUS_CONNECTION_STRING',
  SessionCannotBeLocked: 'the subscription requires sessions: make one that does not',
  MessageLockLost: 'the lock is lost',
  QuotaExceeded: 'a quota of the broker is used up',
  ServiceBusy: 'the broker is busy',
};

/** What a program throws that is wrong itself: it says nothing of the broker. */
const OURS = [TypeError, ReferenceError, RangeError, SyntaxError];

export function wordsOf(error: unknown): string {
  if (error instanceof NoAnswer) return error.message;
  if (error instanceof TenantNotFound) return 'SERVICEBUS_TENANT is the id of no tenant';
  if (OURS.some((kind) => error instanceof kind)) return `a fault of Callboard: ${errorLine(error)}`;
  const code = codeOf(error);
  if (code === undefined || code === 'GeneralError') return 'it cannot be reached';
  return WORDS[code] ?? `it cannot be reached (${code.slice(0, 50)})`;
}

/** The SDK's code of an error of its own. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
