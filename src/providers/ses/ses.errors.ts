/** Amazon SES's errors in our terms. */
import type { BulkEmailEntryResult } from '@aws-sdk/client-sesv2';
import type { Outcome } from '../provider.port.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import { outcomeOf, verdictOfStatus, type Setback, type Verdict } from '../verdict.js';
import { ClockSkew } from './ses.clock.js';

interface Rule {
  /** Exception names of a call, and statuses of a bulk entry (both documented spellings). */
  readonly names: readonly string[];
  /** Applies only if the provider's message matches. The first matching rule decides. */
  readonly says?: RegExp;
  readonly verdict: Verdict;
}

const REJECTED = ['MessageRejected', 'MESSAGE_REJECTED'];
const INVALID = ['BadRequestException', 'INVALID_PARAMETER', 'INVALID_PARAMETER_VALUE', 'FAILED'];
const THROTTLED = ['TooManyRequestsException', 'ThrottlingException', 'Throttling', 'LimitExceededException'];
const RATE_WORDS = /maximum sending rate|rate exceeded/i;
const ADDRESS_WORDS =
  /illegal address|missing final|(address|domain|local part|user name).*(invalid|contains|illegal|starts|ends|missing)|invalid.*address/i;

/**
 * Names and messages as published by AWS; classified by name, since several share one HTTP status. All senders share the
 * account's lane, so an unverified identity is a `sender` error and never stops the others.
 */
export const SES_RULES: readonly Rule[] = [
  { names: THROTTLED, says: /daily/i, verdict: 'quota' },
  { names: THROTTLED, says: RATE_WORDS, verdict: 'rate' },
  { names: ['LimitExceededException', 'ACCOUNT_DAILY_QUOTA_EXCEEDED'], verdict: 'quota' },
  { names: [...THROTTLED, 'ACCOUNT_THROTTLED'], verdict: 'rate' },
  { names: ['TRANSIENT_FAILURE'], verdict: 'unreachable' },
  { names: REJECTED, says: /not verified/i, verdict: 'sender' },
  { names: REJECTED, verdict: 'content' },
  {
    names: INVALID,
    says: /\b(from|source|sender|reply-?to)\b/i,
    verdict: 'sender',
  },
  { names: INVALID, says: ADDRESS_WORDS, verdict: 'recipient' },
  { names: [...INVALID, 'ValidationException'], verdict: 'content' },
  { names: ['AccountSuspendedException', 'ACCOUNT_SUSPENDED'], verdict: 'account' },
  {
    names: ['SendingPausedException', 'ACCOUNT_SENDING_PAUSED', 'CONFIGURATION_SET_SENDING_PAUSED'],
    verdict: 'account',
  },
  { names: ['MailFromDomainNotVerifiedException', 'MAIL_FROM_DOMAIN_NOT_VERIFIED'], verdict: 'sender' },
  { names: ['NotFoundException', 'INVALID_SENDING_POOL_NAME'], verdict: 'config' },
  { names: ['CONFIGURATION_SET_NOT_FOUND', 'CONFIGURATION_SET_DOES_NOT_EXIST'], verdict: 'config' },
  { names: ['TEMPLATE_NOT_FOUND', 'TEMPLATE_DOES_NOT_EXIST'], verdict: 'config' },
  { names: ['AccessDeniedException', 'UnrecognizedClientException', 'InvalidClientTokenId'], verdict: 'config' },
  { names: ['InvalidSignatureException', 'SignatureDoesNotMatch', 'ExpiredTokenException'], verdict: 'config' },
];

/** `message` is typed as text by the SDK; a proxy's error may hold anything. */
function ruleFor(name: string, message: unknown): Rule | undefined {
  const text = typeof message === 'string' ? message : JSON.stringify(message ?? '');
  const words = text.replace(/\S+@\S+/g, ''); // an address must not match one of SES's own phrases
  return SES_RULES.find(({ names, says }) => names.includes(name) && (says?.test(words) ?? true));
}

type SdkError = Partial<Error> & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** The outcome of a call that threw. A 5xx and a 408 may have been carried out; every other 4xx was not. */
export function outcomeOfSesError(error: unknown): Setback {
  if (error instanceof ClockSkew) return outcomeOf('unreachable', error.code);
  const { name = '', message = '', $metadata } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  // The SDK found no credentials, so nothing was signed or sent.
  if (name === 'CredentialsProviderError') return outcomeOf('config', name);
  if (status === undefined && neverConnected(error)) return outcomeOf('unreachable', 'connect-timeout');
  if (status === undefined) return outcomeOfNoAnswer(error);
  // A non-JSON body (a proxy's page) arrives as a SyntaxError of the SDK.
  const code = name === 'SyntaxError' ? `http-${status}` : name;
  if (status < 400 || status === 408 || status >= 500) return outcomeOf('unknown', code, { message });
  const rule = ruleFor(name, message);
  return outcomeOf(rule?.verdict ?? verdictOfStatus(status), code, { message });
}

/** The outcome of one entry of an answered bulk call. An undocumented status proves nothing. */
export function outcomeOfEntry(entry: BulkEmailEntryResult): Outcome {
  const status: string = entry.Status ?? 'no-status';
  if (status === 'SUCCESS' && entry.MessageId) return { kind: 'accepted', providerMessageId: entry.MessageId };
  const rule = ruleFor(status, entry.Error ?? '');
  return outcomeOf(rule?.verdict ?? 'unknown', status, { message: entry.Error });
}

/** The SDK's connection timeout has no code, and the same name as a timeout after sending. */
function neverConnected(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'TimeoutError' && error.message.includes('did not establish a connection')
  );
}
