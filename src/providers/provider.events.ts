/** Events that providers report by webhook, in our terms. */
import type { Channel } from './channels.js';

/** A provider's later report about a message, in our terms. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed';

interface ProviderEventBase {
  /** The same for every repeat of one event; unique within a provider. */
  readonly dedupeKey: string;
  /** When it happened according to the provider; absent if it gives no time. */
  readonly occurredAt?: Date;
}

export type ProviderEvent =
  | (ProviderEventBase & {
      readonly kind: 'status';
      readonly messageId?: string;
      readonly providerMessageId: string;
      readonly status: DeliveryStatus;
      readonly code?: string;
      /** The person has opted out of this sender, as reported by the provider. */
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
      /** `yes` lifts an opt-out; ignored from anybody not opted out. */
      readonly keyword?: 'stop' | 'start' | 'yes' | 'help';
      readonly providerMessageId: string;
    })
  /** Opened or clicked, or a complaint about a message that stays delivered; does not change the status. */
  | (ProviderEventBase & {
      readonly kind: 'engagement';
      readonly messageId?: string;
      readonly type: 'opened' | 'clicked' | 'complained' | 'delayed';
      readonly suppress?: {
        readonly address: string;
        readonly reason: 'hard_bounce' | 'complaint' | 'invalid_address';
      };
    })
  /** Verified and parsed, with no effect here. */
  | (ProviderEventBase & { readonly kind: 'ignored'; readonly type: string });
