/** Events that providers report by webhook, in our terms. */
import type { Channel } from './channels.js';
import type { InboundMedia } from './media/inbound-media.js';

/** A provider's later report about a message, in our terms. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed';

/** How the message of an event is found that does not carry our id: by the provider's id, among those to this address. */
export interface Lookup {
  readonly providerMessageId: string;
  /** Whom the provider sent it to, as it writes that. */
  readonly to: string;
  /** When the provider took the message; absent if it does not say. */
  readonly sentAt?: Date;
}

/** An amount of money, in millionths of its currency; above zero it costs us. */
export interface Price {
  readonly micros: number;
  /** As ISO 4217 has it. */
  readonly currency: string;
}

/** What a provider tells of a call. */
export interface CallReport {
  /** Who answered, in the provider's words: `human`, `machine_start` and the like. */
  readonly answeredBy?: string;
  /** From the answer to the end; 0 if nobody took it. */
  readonly durationSeconds?: number;
  /** The key that the person pressed. */
  readonly key?: string;
}

interface ProviderEventBase {
  /** The same for every repeat of one event; unique within a provider. */
  readonly dedupeKey: string;
  /** When it happened according to the provider; absent if it gives no time. */
  readonly occurredAt?: Date;
}

/** About a message, which is named by our id or looked up. */
export interface MessageEventBase extends ProviderEventBase {
  readonly messageId?: string;
  /** Set instead of `messageId`. */
  readonly lookup?: Lookup;
  /** Where others got the message too: whose mailbox it is about, in lower case. Absent: the recipient's. */
  readonly about?: readonly string[];
}

export type ProviderEvent =
  | (MessageEventBase & {
      readonly kind: 'status';
      readonly providerMessageId: string;
      readonly status: DeliveryStatus;
      readonly code?: string;
      /** What went wrong, in the provider's words or ours: as in an Outcome. */
      readonly message?: string;
      /** Set if the message is a call. */
      readonly call?: CallReport;
      /** What the provider charges for the whole message, once it knows. */
      readonly price?: Price;
      /** The person has opted out of this sender, as reported by the provider. */
      readonly optedOut?: boolean;
      /** Set when the address must not be written to again. */
      readonly suppress?: {
        readonly address: string;
        readonly reason: 'hard_bounce' | 'complaint' | 'invalid_address';
        /** Of a bounce: there is no such mailbox, whoever writes to it. */
        readonly noMailbox?: true;
      };
    })
  /** A person wrote to one of our numbers. */
  | (ProviderEventBase & {
      readonly kind: 'inbound';
      readonly channel: Channel;
      /** A number, or the person's user id at WhatsApp where the number is hidden. */
      readonly from: string;
      /** The person's user id at WhatsApp, also where `from` is the number. */
      readonly userId?: string;
      readonly to: string;
      /** The pool of senders that `to` belongs to. */
      readonly pool?: string;
      readonly body: string;
      /** Pictures and the like, which the provider keeps; not empty. */
      readonly media?: readonly InboundMedia[];
      /** Of an SMS, as the provider counts and charges for them; absent if it does not say. */
      readonly segments?: number;
      /** `yes` lifts an opt-out; ignored from anybody not opted out. */
      readonly keyword?: 'stop' | 'start' | 'yes' | 'help';
      /** Set where we alone know the keyword: the provider neither blocks nor answers. */
      readonly isLocalKeyword?: true;
      /** Set where the provider says that it has answered the keyword. */
      readonly isAnsweredByProvider?: true;
      readonly providerMessageId: string;
    })
  /**
   * Opened or clicked, a complaint about a message that stays delivered, or the provider's own unsubscribe link; does not change
   * the status. `auth_failed`: a mail server complains of a failed authentication (RFC 6591), no person.
   */
  | (MessageEventBase & {
      readonly kind: 'engagement';
      readonly type: 'opened' | 'clicked' | 'complained' | 'unsubscribed' | 'auth_failed' | 'delayed';
      /** A proxy of a mailbox opened it, or a scanner followed the link, by what the provider tells of it. */
      readonly byMachine?: true;
      /** The person has opted out of this sender. */
      readonly optedOut?: boolean;
      readonly suppress?: {
        readonly address: string;
        readonly reason: 'hard_bounce' | 'complaint' | 'invalid_address';
        readonly noMailbox?: true;
      };
    })
  /** Verified and parsed, with no effect here. */
  | (ProviderEventBase & { readonly kind: 'ignored'; readonly type: string });

/** The segments of a text that was received, as a provider tells them; none where it is no such count. */
export const countedSegments = (count: string | null): { readonly segments?: number } =>
  count !== null && /^[1-9]\d?$/.test(count) ? { segments: Number(count) } : {};
