/** Writes a provider's webhooks one at a time, signed with an account's secret: for whoever tries out a deployment. */
import type { Post } from './callback-sender.js';

/** What happened, in our words. */
export interface WebhookEvent {
  /** One of the writer's `events`. */
  readonly event: string;
  readonly channel: 'sms' | 'whatsapp' | 'email';
  /** E.164 or a bare email address. */
  readonly from: string;
  readonly to: string;
  /** Of an inbound message. */
  readonly body: string;
  /** Of that body. */
  readonly segments: number;
  /** Ours, as the message carried it. */
  readonly messageId?: string;
  /** The provider's; absent: a new one. */
  readonly providerMessageId?: string;
  /** The provider's own code for what went wrong. */
  readonly code?: string;
}

/** A post, and where it goes: its query may name the message. */
export interface WrittenWebhook extends Post {
  readonly url: string;
}

export interface WebhookWriter {
  /** The events that the provider reports; `inbound` where people can reply. */
  readonly events: readonly string[];
  /** The one of them that never changes a message. */
  readonly harmless: string;
  /** The credential that signs. */
  readonly secret: string;
  /** The signature covers the URL too, so that it must be the one the deployment knows itself by. */
  readonly coversUrl: boolean;
  /** The form of `code`, and its description as the end of "must be …". */
  readonly code: { readonly pattern: RegExp; readonly meaning: string };
  /** `url`: the webhook's, without a query. */
  write(credentials: Readonly<Record<string, string>>, url: string, event: WebhookEvent): WrittenWebhook;
}

/** Nobody but the provider can sign its webhooks. */
export interface OnlyByProvider {
  /** Why, and what to do instead. */
  readonly onlyByProvider: string;
}

/** The address of a webhook about one of our messages, as the message carried it. */
export const withMessage = (url: string, messageId: string | undefined): string =>
  messageId === undefined ? url : `${url}?mid=${encodeURIComponent(messageId)}`;
