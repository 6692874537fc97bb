/** The provider port: all that dispatch and webhooks see of a provider. One adapter each implements it. */
import type { Attachment, MailHeader } from './mail/mail-parts.js';
import type { Channel } from './channels.js';
import type { Finding, SetUp } from './examination.js';
import type { DeliveryStatus, ProviderEvent } from './provider.events.js';
import type { NumberDesk } from './provider.numbers.js';
import type { MediaSource } from './media/inbound-media.js';
import type { Days, RecordPage, UsageTotal } from './provider.records.js';
import type { ProviderAccount } from './provider-account.js';
import type {
  SpeechRequest,
  VerifiedWebhook,
  WebhookAccounts,
  WebhookAnswer,
  WebhookRequest,
} from './provider.webhook.js';

export type { ProviderAccount } from './provider-account.js';

export interface EmailContent {
  readonly kind: 'email';
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  /** Extra message headers, such as List-Unsubscribe; none twice. */
  readonly headers?: readonly MailHeader[];
  readonly replyTo?: string;
  /** Who gets a copy; not empty. */
  readonly cc?: readonly string[];
  /** The same, unseen by the others. */
  readonly bcc?: readonly string[];
  /** Not empty. */
  readonly attachments?: readonly Attachment[];
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

/** What a call says. */
export interface SpeechContent extends Speech {
  readonly kind: 'speech';
  readonly text: string;
}

/** How a call speaks. */
export interface Speech {
  /** As BCP 47 has it, such as `en-GB`. */
  readonly language: string;
  /** A voice of the provider, such as `Polly.Amy`; absent: its usual one for the language. */
  readonly voice?: string;
  /** How often the text is said, from 1. */
  readonly repeat: number;
  /** Silence after each time. */
  readonly pauseSeconds: number;
  /** The person is asked to press 1, and may hear the text again with any other key. */
  readonly acknowledge?: Acknowledgement;
}

export interface Acknowledgement {
  /** What asks for it, said after the text. */
  readonly prompt: string;
  /** What is said after it. */
  readonly confirmation?: string;
}

export type Content = EmailContent | TextContent | ContentTemplate | SpeechContent;

/** One message, rendered and ready to send. Addresses are normalised: E.164 or an email address. */
export interface Envelope {
  /** Our ledger id: sent along, so that the provider's own webhook proves acceptance. */
  readonly messageId: string;
  /** The attempt number, from 1: with `messageId` it identifies the call, for providers with idempotency keys. */
  readonly attempt: number;
  readonly tenantId: string;
  /** The caller's own id of what led to it. */
  readonly correlationId?: string;
  readonly channel: Channel;
  readonly from: string;
  /** Display name of an email sender. */
  readonly fromName?: string;
  readonly to: string;
  readonly content: Content;
  /** After this the message is of no use: a provider that queues it is told, if it takes such a limit. */
  readonly expiresAt?: Date;
}

/**
 * Why a provider refused. About this message: `recipient`, the address cannot be reached; `opted-out`, the person said STOP to
 * the provider; `content`, this text or template is not accepted; `sender`, not from this sender, or not to this region;
 * `pair`, this sender cannot reach this recipient, though either may be well. About the whole lane: `config`, our configuration
 * or credentials are wrong; `account`, the account is suspended, paused or out of funds. `unlisted`, a reason that our tables do
 * not hold: about this message, until different recipients are refused alike.
 */
export type RefusalClass =
  'recipient' | 'opted-out' | 'content' | 'sender' | 'pair' | 'config' | 'account' | 'unlisted';

/**
 * The result of one message in one call. `code` is the provider's own; `message` is what went wrong, in its words or ours: it may
 * name the person, so it is for the ledger, and never for a log.
 */
export type Outcome =
  | { readonly kind: 'accepted'; readonly providerMessageId: string }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalClass;
      readonly code: string;
      readonly message?: string;
      /** Set when the address must not be written to again. */
      readonly suppress?: 'invalid_address';
    }
  /**
   * Certainly not sent: may be retried after `retryAfterMs` (default: the lane's own backoff). `busy` is about this recipient, to
   * whom nothing can be sent now; the others are about the lane.
   */
  | {
      readonly kind: 'deferred';
      readonly reason: 'rate' | 'quota' | 'unreachable' | 'busy';
      readonly code: string;
      readonly message?: string;
      readonly retryAfterMs?: number;
    }
  /** May have been sent: never re-sent without proof of absence. */
  | { readonly kind: 'unknown'; readonly code: string; readonly message?: string };

export interface Capacity {
  /** Provider units (SMS segments, email recipients or calls) per second, for a new sender of this kind. */
  readonly perSecond: number;
  /** Messages per call. */
  readonly batchSize: number;
}

/** By the provider's clock, which may differ from ours: allowed for. */
export interface Period {
  readonly since: Date;
  readonly until: Date;
}

/** A message that a provider has, from its own list. */
export interface Trace {
  readonly providerMessageId: string;
  readonly createdAt: Date;
  /** The text as sent; absent if the provider does not return it. */
  readonly body?: string;
  readonly status: DeliveryStatus;
  /** The provider's own code and what it means, if it failed. */
  readonly code?: string;
  readonly message?: string;
}

/** What WhatsApp says of a template; `missing`: the account has none with this id. */
export const APPROVAL_STATUSES = [
  'unsubmitted',
  'received',
  'pending',
  'approved',
  'rejected',
  'paused',
  'disabled',
  'missing',
] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

export interface Approval {
  readonly status: ApprovalStatus;
  /** Meta's own, such as `utility`. */
  readonly category?: string;
  /** Why it was rejected. */
  readonly reason?: string;
}

export interface ProviderAdapter extends MediaSource {
  /**
   * How long the provider recognises a repeated call: within this time the same `send` may be repeated, and returns the first
   * one's result instead of sending twice. Absent if a repeated call sends twice.
   */
  readonly repeatableForMs?: number;

  /**
   * Sends up to `batchSize` envelopes of one account and returns one outcome each, in order. Never throws for provider or
   * network failures: no or an unclear answer is `unknown`, certainty that nothing was taken is `deferred`.
   */
  send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]>;

  /** Units per second that the provider currently grants this account; undefined if it does not say. Rejects with a reason. */
  grantedRate?(account: ProviderAccount): Promise<number | undefined>;

  /**
   * All that the provider took from this sender for this recipient in a period: complete, so that what is missing was not
   * taken. Absent if the provider has no such list. Rejects with a reason if it does not answer, has too many entries, or is not
   * complete yet.
   */
  traces?(
    account: ProviderAccount,
    message: Pick<Envelope, 'channel' | 'from' | 'to'>,
    period: Period,
  ): Promise<Trace[]>;

  /**
   * The provider's current status of one message, as its webhook would have reported it, and under the same key if that is
   * known. Absent if it cannot be polled. Rejects with a reason if it does not answer.
   */
  report?(account: ProviderAccount, message: { providerMessageId: string; messageId: string }): Promise<ProviderEvent>;

  /** Set where the price of a message is known only some time after its end, and no webhook tells it: `records` does. */
  readonly pricesLater?: true;

  /**
   * The provider's own totals of these days, by channel; a day and channel without any is absent. Absent if it publishes none. Rejects
   * with a reason if it does not answer, or does not count for this account.
   */
  usage?(account: ProviderAccount, days: Days): Promise<UsageTotal[]>;

  /**
   * A page of all that the provider sent for this account on a day in UTC, by its own time of sending; `from` is the `next` of the
   * page before. Absent if it has no such list. Rejects with a reason if it does not answer.
   */
  records?(account: ProviderAccount, day: string, from?: string): Promise<RecordPage>;

  /** Whether WhatsApp has approved a template that the account keeps. Absent if it keeps none. Rejects with a reason if it does not answer. */
  approval?(account: ProviderAccount, contentSid: string): Promise<Approval>;

  /**
   * The credentials of a subaccount with this name, found or made. Absent if the provider has none. Rejects with RequestFault. Two calls
   * at once may make two: the caller makes one at a time.
   */
  subaccount?(master: ProviderAccount, name: string): Promise<Readonly<Record<string, string>>>;

  /** The provider's phone numbers. Absent if it rents none, or not by its API. */
  readonly numbers?: NumberDesk;

  /**
   * Verifies that a webhook comes from the provider, and parses it. Raises MalformedWebhook (not in the documented form),
   * UntrustedWebhook (verification failed) or UncheckedWebhook (could not be verified now).
   */
  verifyWebhook(request: WebhookRequest, accounts: WebhookAccounts): Promise<VerifiedWebhook>;

  /** Verifies a request on a route for speech. Raises as `verifyWebhook` does. Absent if the provider does not call people. */
  verifySpeech?(request: WebhookRequest, accounts: WebhookAccounts): Promise<SpeechRequest>;

  /** Whether the key that was told acknowledges what the call asked for. */
  acknowledges?(content: SpeechContent, request: SpeechRequest): boolean;

  /** What the provider is answered; without content it hangs up. */
  speak?(content: SpeechContent | undefined, request: SpeechRequest): WebhookAnswer;

  /** Checks that the provider is reachable and accepts these credentials. Rejects with a reason otherwise. */
  ping(account: ProviderAccount): Promise<void>;

  /**
   * Looks at how the account is set up there, once it is reachable: its sender, its webhook, what is left of its quota, and the
   * provider's clock. Changes nothing. What does not answer is a finding too. Absent if there is nothing to ask.
   */
  examine?(account: ProviderAccount, setUp: SetUp): Promise<readonly Finding[]>;
}
