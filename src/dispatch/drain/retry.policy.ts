/** Retry policy for messages that were certainly not sent: when to retry, and the final status when retries end. */
import type { Outcome, RefusalClass } from '../../providers/index.js';
import type { Category } from '../../tenants/index.js';
import type { ClaimedMessage, MessageReason, News } from '../../ledger/index.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Exponential backoff is capped here, unless the kind says otherwise. */
const LONGEST_MS = 15 * MINUTE_MS;
/** The host is back long before a provider's account is mended, and asking costs no call. */
const LONGEST_FOR_HOST_MS = 5 * MINUTE_MS;
/** Upper limit for a delay requested by a provider. */
const LONGEST_ASKED_MS = 24 * HOUR_MS;

/**
 * How long to retry, from the first attempt: an alert is over after some hours, a ticket is useless a day late, an announcement
 * keeps a little longer.
 */
const HORIZON_MS: Readonly<Record<Category, number>> = {
  emergency: 4 * HOUR_MS,
  transactional: 24 * HOUR_MS,
  marketing: 48 * HOUR_MS,
};

/** Refusals after which a message is tried again. */
export type Retried = Extract<RefusalClass, 'config' | 'account' | 'unlisted'>;
type Reason = Extract<Outcome, { kind: 'deferred' }>['reason'] | Retried | 'host' | 'host-record';

interface Kind {
  /** The first delay, unless the provider requests one. */
  readonly firstMs: number;
  /** The longest delay by backoff. */
  readonly longestMs?: number;
  /** The attempts after which the message itself is at fault; `Infinity`: only time ends the retries. */
  readonly attempts: number;
  /** The message's reason while it waits, and when it is given up. */
  readonly meanwhile: MessageReason;
  readonly atLast: MessageReason;
}

const KINDS: Readonly<Record<Reason, Kind>> = {
  rate: { firstMs: SECOND_MS, attempts: Infinity, meanwhile: 'deferred', atLast: 'retries_exhausted' },
  quota: { firstMs: MINUTE_MS, attempts: Infinity, meanwhile: 'deferred', atLast: 'retries_exhausted' },
  unreachable: { firstMs: SECOND_MS, attempts: 100, meanwhile: 'deferred', atLast: 'retries_exhausted' },
  busy: { firstMs: MINUTE_MS, attempts: Infinity, meanwhile: 'deferred', atLast: 'retries_exhausted' },
  // Long enough for other recipients to show whether the lane is at fault.
  unlisted: { firstMs: 15 * SECOND_MS, attempts: 3, meanwhile: 'provider_refused', atLast: 'provider_refused' },
  // Our own trouble, or the host's, and not the message's.
  host: { ...waitsFor('host_data_unavailable'), firstMs: 5 * SECOND_MS, longestMs: LONGEST_FOR_HOST_MS },
  'host-record': { ...waitsFor('host_record_unreadable'), longestMs: LONGEST_FOR_HOST_MS },
  config: waitsFor('sender_misconfigured'),
  account: waitsFor('provider_account_stopped'),
};

/** A configuration error is not the message's fault: it waits until somebody has fixed it. */
function waitsFor(reason: MessageReason): Kind {
  return { firstMs: 15 * SECOND_MS, attempts: Infinity, meanwhile: reason, atLast: reason };
}

/** Why a message was not sent, although it may still be. */
export interface Setback {
  readonly reason: Reason;
  readonly code: string;
  /** What the code means, in the provider's words or ours. */
  readonly message?: string | undefined;
  readonly retryAfterMs?: number;
}

export type Retry =
  | { readonly again: { readonly inMs: number; readonly reason: MessageReason } }
  | { readonly givenUp: Pick<News, 'status' | 'reason'> };

/**
 * The provider's requested delay is honoured; otherwise exponential backoff with jitter of up to half the delay. Nothing is
 * retried at or after its `expiresAt`.
 */
export function retryOf(
  message: Pick<ClaimedMessage, 'attempts' | 'category' | 'first_attempt_at' | 'expires_at'>,
  { reason, retryAfterMs }: Setback,
  { now = Date.now(), random = Math.random }: { now?: number; random?: () => number } = {},
): Retry {
  const { firstMs, longestMs = LONGEST_MS, attempts, meanwhile, atLast } = KINDS[reason];
  const isWornOut = message.attempts >= attempts;
  const triedForMs = message.first_attempt_at === null ? 0 : now - Date.parse(message.first_attempt_at);
  if (isWornOut || triedForMs > HORIZON_MS[message.category]) return { givenUp: { status: 'failed', reason: atLast } };
  const backoff = Math.min(longestMs, firstMs * 2 ** Math.min(message.attempts - 1, 20)) * (0.5 + random() / 2);
  const inMs = retryAfterMs === undefined ? backoff : Math.min(Math.max(retryAfterMs, 0), LONGEST_ASKED_MS);
  if (message.expires_at !== null && now + inMs >= Date.parse(message.expires_at))
    return { givenUp: { status: 'expired', reason: 'expired' } };
  return { again: { inMs, reason: meanwhile } };
}
