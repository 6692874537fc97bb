/** What providers tell us later, by webhook, in our words. */
import type { Channel } from './channels.js';

/** What a provider later says of a message, in our words. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed';

interface ProviderEventBase {
  /** The same for every repetition of one event; unique within a provider. */
  readonly dedupeKey: string;
  /** When it happened by the provider's word; absent where the provider gives no time. */
  readonly occurredAt?: Date;
}

export type ProviderEvent =
  | (ProviderEventBase & {
      readonly kind: 'status';
      readonly messageId?: string;
      readonly providerMessageId: string;
      readonly status: DeliveryStatus;
      readonly code?: string;
      /** The person wants nothing more from this sender, by the provider's word. */
      readonly optedOut?: boolean;
      /** Set when the address must not be written to again. */
      readonly suppress?: {
        readonly address: string;
        readonly reason: 'hard_bounce' | 'complaint' | 'invalid_address';
      };
    })
  /** A person wrote to one of our numbers. */
  | (ProviderEventBase & {
      readonly kind: 'inbound';
      readonly channel: Channel;
      readonly from: string;
      readonly to: string;
      readonly body: string;
      /** `yes` lifts an opt-out, and means nothing from anybody who is not out. */
      readonly keyword?: 'stop' | 'start' | 'yes' | 'help';
      readonly providerMessageId: string;
    })
  /** Opened or clicked, or a complaint about a message that stays delivered; of interest, changes no status. */
  | (ProviderEventBase & {
      readonly kind: 'engagement';
      readonly messageId?: string;
      readonly type: 'opened' | 'clicked' | 'complained' | 'delayed';
      readonly suppress?: {
        readonly address: string;
        readonly reason: 'hard_bounce' | 'complaint' | 'invalid_address';
      };
    })
  /** Verified and understood, and nothing of ours follows from it. */
  | (ProviderEventBase & { readonly kind: 'ignored'; readonly type: string });
