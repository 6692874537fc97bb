/** Everything dispatch and webhooks know of the outside world. One adapter per provider stands behind it. */
import type { Channel } from './channels.js';
import type { DeliveryStatus, ProviderEvent } from './provider.events.js';
import type { ProviderAccount } from './provider-account.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from './provider.webhook.js';

export type { ProviderAccount } from './provider-account.js';

export interface EmailContent {
  readonly kind: 'email';
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  /** Extra message headers, such as List-Unsubscribe. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly replyTo?: string;
}

/** SMS, MMS and free WhatsApp text. */
export interface TextContent {
  readonly kind: 'text';
  readonly body: string;
  readonly mediaUrls?: readonly string[];
}

/** A WhatsApp message from a provider-approved Content template. */
export interface ContentTemplate {
  readonly kind: 'content-template';
  readonly contentSid: string;
  readonly variables: Readonly<Record<string, string>>;
}

export type Content = EmailContent | TextContent | ContentTemplate;

/** One message, rendered and ready for the wire. Addresses are normalised: E.164 or an email address. */
export interface Envelope {
  /** Our ledger id: travels with the send, so that the provider's own webhook proves acceptance. */
  readonly messageId: string;
  /** Which attempt at the message this is, from 1: with `messageId` it names the call, for providers that know a call again. */
  readonly attempt: number;
  readonly tenantId: string;
  readonly channel: Channel;
  readonly from: string;
  /** Display name of an email sender. */
  readonly fromName?: string;
  readonly to: string;
  readonly content: Content;
}

/**
 * Why a provider said no.
 * About this message: `recipient`, this address cannot be reached; `opted-out`, the person said STOP to the provider; `content`,
 * this text or template is not accepted; `sender`, it may not come from this sender, or not go where it should.
 * About everything in its lane: `config`, our set-up or credentials are wrong; `account`, the account is suspended, paused or out
 * of funds.
 */
export type RefusalClass = 'recipient' | 'opted-out' | 'content' | 'sender' | 'config' | 'account';

/** What came of one message in one call. `code` is the provider's own; `detail` never holds an address or a body. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly providerMessageId: string }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalClass;
      readonly code: string;
      readonly detail?: string;
      /** Set when the address must not be written to again. */
      readonly suppress?: 'invalid_address';
    }
  /** Certainly not sent: may be tried again after `retryAfterMs` (the lane's own backoff where absent). */
  | {
      readonly kind: 'deferred';
      readonly reason: 'rate' | 'quota' | 'unreachable';
      readonly code: string;
      readonly retryAfterMs?: number;
    }
  /** May have been sent: never re-sent without proof of absence. */
  | { readonly kind: 'unknown'; readonly code: string };

export interface Capacity {
  /** What the provider counts (SMS segments, email recipients or calls), a second, for a fresh sender of this kind. */
  readonly perSecond: number;
  /** Messages that fit one call. */
  readonly batchSize: number;
}

/** A message that a provider has, by its own list. */
export interface Trace {
  readonly providerMessageId: string;
  readonly createdAt: Date;
  /** The text as it went out; absent where the provider does not say. */
  readonly body?: string;
  readonly status: DeliveryStatus;
  /** The provider's own code, where it failed. */
  readonly code?: string;
}

export interface ProviderAdapter {
  /**
   * How long the provider knows a call again: within this time the very same `send` may be made once more, and answers what came of
   * the first instead of sending twice. Absent where a call made twice sends twice.
   */
  readonly repeatableForMs?: number;

  /**
   * Sends up to `batchSize` envelopes of one account and answers one outcome each, in order. Never throws for anything the
   * provider or the network did: silence and doubt are `unknown`, certainty that nothing was taken is `deferred`.
   */
  send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]>;

  /** Units a second that the provider grants this account as of now; undefined where it does not say. Rejects with a reason. */
  grantedRate?(account: ProviderAccount): Promise<number | undefined>;

  /**
   * All that the provider took from this sender for this recipient since a time: complete, so that what is not there was not taken.
   * Absent where the provider keeps no such list. Rejects with a reason when it does not answer, or has more than can be looked
   * through.
   */
  traces?(account: ProviderAccount, message: Pick<Envelope, 'channel' | 'from' | 'to'>, since: Date): Promise<Trace[]>;

  /**
   * What the provider says of one message now, as its webhook would have told it, and under the same key where that can be known. Absent
   * where it cannot be asked. Rejects with a reason when it does not answer.
   */
  report?(account: ProviderAccount, message: { providerMessageId: string; messageId: string }): Promise<ProviderEvent>;

  /**
   * Proves that a webhook comes from the provider, and reads what it says. Raises MalformedWebhook (it is not what the provider
   * documents), UntrustedWebhook (it proves nothing) or UncheckedWebhook (it could not be checked now).
   */
  verifyWebhook(request: WebhookRequest, accounts: WebhookAccounts): Promise<VerifiedWebhook>;

  /** Asks the provider whether it is there and knows these credentials. Resolves when well, rejects with a reason. */
  ping(account: ProviderAccount): Promise<void>;
}
