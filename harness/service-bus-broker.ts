/** What the Service Bus of tests and bench may be told, and what it is asked. */

import type { Message } from 'rhea';

export interface PeerOptions {
  readonly lockMs?: number;
  /** Deliveries after which a message is dead. */
  readonly maxDeliveries?: number;
}

/** What a broker may do wrong. Set and unset at any time. */
export interface Faults {
  /** The error with which links to the subscription are refused. */
  refuse?: { readonly condition: string; readonly description: string } | undefined;
  /** The status that a token gets, such as 401. */
  tokenStatus?: number | undefined;
  /** Settlements are neither done nor answered. */
  deaf?: boolean;
  /** Management requests are not answered. */
  mute?: boolean;
  /** Peeking is not implemented. */
  blind?: boolean;
  /** How far the broker’s clock is ahead of ours. */
  clockAheadMs?: number;
}

/** A message of the subscription. */
export interface Entry {
  readonly message: Message;
  readonly sequence: number;
  deliveries: number;
  token: string;
  lock?: NodeJS.Timeout;
}

export interface DeadLetter {
  readonly id: unknown;
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

export interface BrokerError {
  readonly info?: { readonly DeadLetterReason?: string; readonly DeadLetterErrorDescription?: string };
}

export interface ManagementBody {
  readonly 'lock-tokens': readonly Buffer[];
  readonly 'disposition-status'?: string;
}

/** As the broker sends it. */
export const deliveredOf = ({ message, deliveries, sequence }: Entry, lockedUntil: Date): Message => ({
  ...message,
  delivery_count: deliveries,
  message_annotations: {
    'x-opt-sequence-number': sequence,
    'x-opt-enqueued-time': new Date(),
    'x-opt-locked-until': lockedUntil,
  },
});
