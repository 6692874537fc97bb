/**
 * Everything that can happen to a message. Each is one append-only row of `message_event`, written by the statement that causes
 * it; sending writes them, and whoever counts, follows up or reports reads them (see `EventConsumer`). They are the facts for
 * billing and compliance.
 */
import type { Category, Channel } from '../tenants/index.js';
import type { MessageStatus } from './message.status.js';
import type { MessageReason } from './message.reasons.js';

/** The source of an event. */
export const SOURCES = ['api', 'automation', 'campaign', 'desk', 'dispatch', 'link', 'reconciler', 'webhook'] as const;
export type Source = (typeof SOURCES)[number];

interface EventOf<Kind extends string> {
  readonly kind: Kind;
  readonly messageId: string;
  readonly tenantId: string;
  /** When it was recorded, by the database's clock. */
  readonly at: Date;
  readonly source: Source;
  readonly channel: Channel;
  readonly category: Category;
  readonly provider: string;
  /** SMS segments; 1 on other channels. */
  readonly segments: number;
}

/** An event that changes the message's status; its kind is the new status. */
interface Moved<Kind extends MessageStatus> extends EventOf<Kind> {
  /** The previous status. */
  readonly previous: MessageStatus;
  /** Why, as a stable code of ours. */
  readonly reason: MessageReason | null;
  /** The provider's own code. */
  readonly code: string | null;
  /** When it happened, by the provider's clock. */
  readonly occurredAt: Date | null;
}

/** It is in the ledger and in the pending queue. */
export type MessageAccepted = EventOf<'scheduled' | 'queued'>;
/** The provider is first known to have taken it. Written once per message, whatever report proves it. */
export type MessageSent = Moved<'sent'>;
/** It reached the device or mailbox, or was read. */
export type MessageDelivered = Moved<'delivered' | 'read'>;
/** The provider refused it, or it was given up. */
export type MessageFailed = Moved<'failed' | 'undelivered'>;
/** We stopped it before any call: it was not sent, and is not billed. */
export type MessageSkipped = Moved<'skipped_no_consent' | 'blocked_opted_out' | 'suppressed' | 'expired' | 'cancelled'>;
/** It may or may not have been sent: it is not re-sent without proof. */
export type MessageInDoubt = Moved<'unknown'>;

/** It certainly was not sent, and waits in its lane for a retry. */
export interface MessageDeferred extends EventOf<'deferred'> {
  readonly previous: MessageStatus;
  readonly reason: MessageReason;
  readonly code: string | null;
}

/** The host has another address of the person than before: the recipient is that one from here on. */
export interface MessageReaddressed extends EventOf<'readdressed'> {
  readonly previous: MessageStatus;
}

/** Another sender of its venue takes it over (sender failover); `provider` is the one that could not send it. */
export interface MessageDiverted extends EventOf<'diverted'> {
  readonly previous: MessageStatus;
  /** The class of the refusal, or why the lane's circuit breaker is open. */
  readonly reason: string;
  readonly code: string | null;
}

/** It reached nobody, and a message on the channel named in `reason` follows it. */
export interface MessageFellBack extends EventOf<'fell_back'> {
  readonly previous: MessageStatus;
  readonly reason: Channel;
}

/** A fallback step could not be taken; `reason` is the error's code. */
export interface FallbackRefused extends EventOf<'fallback_refused'> {
  readonly previous: MessageStatus;
  readonly reason: string;
}

/** It was in doubt and another message was sent in its place, or it is that other one: the person may get both. */
export interface MessageRepeated extends EventOf<'repeated'> {
  readonly previous: MessageStatus;
  readonly reason: 'in_doubt';
}

/** A picture of this MMS is known not to be taken by its provider: it is sent as a text with links. */
export interface MessageBecameText extends EventOf<'became_text'> {
  readonly previous: MessageStatus;
  readonly reason: 'picture_not_taken';
}

/** What a person did about it. */
export const ENGAGEMENTS = ['opened', 'clicked', 'answered', 'unsubscribed'] as const;
export type Engagement = (typeof ENGAGEMENTS)[number];

/** What a machine did about it: the proxy of a mailbox, or a scanner of links. Nobody has read anything. */
export const MACHINE_ENGAGEMENTS = ['machine_opened', 'machine_clicked'] as const;
export type MachineEngagement = (typeof MACHINE_ENGAGEMENTS)[number];

/**
 * It was opened, a link in it clicked, it was answered, or the person wants no more of its kind. Its status stays as it is. What a provider reports is there as often as it reports
 * it; a counted link once for the people, and once for the machines that follow it.
 */
export interface MessageEngaged extends EventOf<Engagement | MachineEngagement> {
  /** When it happened, by the provider's clock. */
  readonly occurredAt: Date | null;
}

/** How much it used is known: a call's length. */
export interface MessageMeasured extends EventOf<'measured'> {
  /** Seconds of an answered call; 0 for one that nobody took. */
  readonly quantity: number;
}

/** The provider has said what it takes for it in all; the last such event holds. */
export interface MessagePriced extends EventOf<'priced'> {
  /** Millionths of the currency; above zero where it costs us. */
  readonly priceMicros: number;
  /** ISO 4217. */
  readonly priceCurrency: string;
}

/** A person wrote to a number of the tenant's: the message is none of the ledger, but one that was received. */
export type MessageReceived = EventOf<'received'>;

export type MessageEvent =
  | MessageAccepted
  | MessageSent
  | MessageDelivered
  | MessageFailed
  | MessageSkipped
  | MessageInDoubt
  | MessageDeferred
  | MessageReaddressed
  | MessageDiverted
  | MessageFellBack
  | FallbackRefused
  | MessageRepeated
  | MessageBecameText
  | MessageEngaged
  | MessageMeasured
  | MessagePriced
  | MessageReceived;

export type MessageEventKind = MessageEvent['kind'];

/** The columns of the new events, as SQL over `from`; omitted columns stay null. */
interface NewEvents {
  /** A relation with `tenant_id`, `channel`, `category` and `segments` of each message. */
  readonly from: string;
  readonly messageId?: string;
  /** One kind, or `{ sql }` if they differ. */
  readonly kind: MessageEventKind | { readonly sql: string };
  readonly previous?: string;
  readonly provider?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly source: string;
  readonly occurredAt?: string;
  readonly quantity?: string;
  readonly priceMicros?: string;
  readonly priceCurrency?: string;
}

/** The only way to create events: an INSERT that is part of the statement that causes them. */
export function appendEvents(events: NewEvents): string {
  const { from, messageId = 'id', kind, previous, provider = 'provider', code, reason, source, occurredAt } = events;
  const { quantity, priceMicros, priceCurrency } = events;
  const columns = [
    ['message_id', messageId],
    ['tenant_id', 'tenant_id'],
    ['kind', typeof kind === 'string' ? `'${kind}'` : kind.sql],
    ['previous', previous],
    ['channel', 'channel'],
    ['category', 'category'],
    ['provider', provider],
    ['segments', 'segments'],
    ['code', code],
    ['reason', reason],
    ['source', source],
    ['occurred_at', occurredAt],
    ['quantity', quantity],
    ['price_micros', priceMicros],
    ['price_currency', priceCurrency],
  ].filter(([, value]) => value !== undefined);
  return `insert into message_event (${columns.map(([name]) => name).join(', ')})
    select ${columns.map(([, value]) => value).join(', ')} from ${from}`;
}
