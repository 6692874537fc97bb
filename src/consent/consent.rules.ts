/** Whether a message may be sent, from what is known of it and its recipient. All the gate's rules, without side effects. */
import type { Category } from '../tenants/index.js';
import type { Decision } from './consent.entity.js';

/** Why an address must not be written to: it does not exist, its owner complained, or the tenant has decided so. */
export const SUPPRESSION_REASONS = ['hard_bounce', 'complaint', 'invalid_address', 'manual'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface GateFacts {
  readonly category: Category;
  /** Sent to the tenant's own people, who need not have opted in; a STOP or a dead address counts for them too. */
  readonly isTest: boolean;
  readonly expired: boolean;
  readonly channelEnabled: boolean;
  readonly optInRequired: boolean;
  /** The venue had a sender at the message's sender address, and has silenced or released it. */
  readonly senderSilenced: boolean;
  /** The venue's consent on the message's channel; null without a decision. */
  readonly consent: Decision | null;
  /** The recipient said STOP to a number that belongs to no venue, and the message would be sent from it. */
  readonly numberOptedOut: boolean;
  readonly suppression: SuppressionReason | null;
}

/** Why a message is not sent, where its address is not suppressed. */
type StopReason =
  | 'expired'
  | 'channel_disabled'
  | 'sender_silenced'
  | 'opted_out'
  | 'number_opted_out'
  | 'no_opt_in'
  | 'opt_in_required';

export type GateVerdict =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly status: 'expired' | 'cancelled' | 'blocked_opted_out' | 'suppressed' | 'skipped_no_consent';
      readonly reason: StopReason | SuppressionReason;
    };

const PASS: GateVerdict = { pass: true };

/** The first rule that stops the message wins. */
export function judge(facts: GateFacts): GateVerdict {
  if (facts.expired) return { pass: false, status: 'expired', reason: 'expired' };
  if (!facts.channelEnabled) return { pass: false, status: 'cancelled', reason: 'channel_disabled' };
  if (facts.senderSilenced) return { pass: false, status: 'cancelled', reason: 'sender_silenced' };
  if (facts.consent === 'opted_out') return { pass: false, status: 'blocked_opted_out', reason: 'opted_out' };
  if (facts.numberOptedOut) return { pass: false, status: 'blocked_opted_out', reason: 'number_opted_out' };
  if (facts.suppression) return { pass: false, status: 'suppressed', reason: facts.suppression };
  if (facts.consent === 'opted_in' || facts.isTest) return PASS;
  if (facts.category === 'marketing') return { pass: false, status: 'skipped_no_consent', reason: 'no_opt_in' };
  return facts.optInRequired && facts.category !== 'emergency'
    ? { pass: false, status: 'skipped_no_consent', reason: 'opt_in_required' }
    : PASS;
}
