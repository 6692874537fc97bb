/** Whether a message may be sent, from what is known of it and its recipient. All the gate's rules, without side effects. */
import type { Category } from '../tenants/index.js';
import type { Decision } from './consent.entity.js';

/** Why an address must not be written to until that is lifted: it does not exist, its owner complained, or the tenant has decided so. */
export const LASTING_REASONS = ['hard_bounce', 'complaint', 'invalid_address', 'manual'] as const;
export type LastingReason = (typeof LASTING_REASONS)[number];

/** `soft_bounce`: it has taken nothing for days. That ends by itself, and stops marketing alone: a ticket may find room again. */
export const SUPPRESSION_REASONS = [...LASTING_REASONS, 'soft_bounce'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface GateFacts {
  readonly category: Category;
  /** Sent to the tenant's own people, who need not have opted in; a STOP or a dead address counts for them too. */
  readonly isTest: boolean;
  readonly expired: boolean;
  readonly channelEnabled: boolean;
  /** The tenant, and the platform, send to the country of the recipient. */
  readonly countryAllowed: boolean;
  readonly optInRequired: boolean;
  /** The venue had a sender at the message's sender address, and has silenced or released it. */
  readonly senderSilenced: boolean;
  /** The venue's consent on the message's channel; null without a decision. */
  readonly consent: Decision | null;
  /** The person has opted out of the venue's marketing on the channel, since any opt-in. */
  readonly leftMarketing: boolean;
  /** The recipient said STOP to a number that belongs to no venue, and the message would be sent from it. */
  readonly numberOptedOut: boolean;
  /** `erased`: the person's data was erased, which also is a wish to be left alone. */
  readonly suppression: SuppressionReason | 'erased' | null;
  /** The platform knows that nobody can be reached there. */
  readonly isDead: boolean;
  /** Of a transactional message that somebody's form may have caused: its number is in a range that is blocked for SMS pumping. */
  readonly rangeBlocked: boolean;
  /** Too much of what the sender sent bounced or was complained of, so that its marketing waits. */
  readonly senderPaused: boolean;
  /** Of marketing: when the hours begin in which it may go to the recipient; null if it may go now. */
  readonly quietUntil: Date | null;
}

/** Why a message is not sent, where its address is not suppressed. */
type StopReason =
  | 'expired'
  | 'channel_disabled'
  | 'country_not_allowed'
  | 'sender_silenced'
  | 'opted_out'
  | 'number_opted_out'
  | 'dead_address'
  | 'number_range_blocked'
  | 'no_opt_in'
  | 'opt_in_required';

export type GateVerdict =
  | { readonly pass: true }
  | {
      readonly pass: false;
      readonly status: 'expired' | 'cancelled' | 'blocked_opted_out' | 'suppressed' | 'skipped_no_consent';
      readonly reason: StopReason | SuppressionReason | 'erased';
    }
  /** It may be sent once marketing from its sender is resumed. */
  | { readonly pass: false; readonly waits: 'sender_paused' }
  | { readonly pass: false; readonly waits: 'quiet_hours'; readonly until: Date };

/**
 * What a single transactional message may be exempt from: `opt_in`, the opt-in that a tenant requires, as it asks for that; `opt_out`, the
 * person's own opt-outs too, as it says that they are done.
 */
export type Exemption = 'opt_in' | 'opt_out';

/** The facts that count for such a message. */
export const exempted = (facts: GateFacts, from: Exemption | undefined): GateFacts => {
  if (from === undefined || facts.category !== 'transactional') return facts;
  const asked = { ...facts, optInRequired: false };
  return from === 'opt_in' ? asked : { ...asked, consent: null, leftMarketing: false, numberOptedOut: false };
};

const EXEMPTED: readonly string[] = ['opted_out', 'number_opted_out', 'opt_in_required'];

/** Whether an exemption could let it pass. */
export const isExemptible = (category: Category, verdict: GateVerdict): boolean =>
  category === 'transactional' && 'reason' in verdict && EXEMPTED.includes(verdict.reason);

const PASS: GateVerdict = { pass: true };
const PAUSED: GateVerdict = { pass: false, waits: 'sender_paused' };

/** The first rule that stops the message wins. */
export function judge(facts: GateFacts): GateVerdict {
  if (facts.expired) return { pass: false, status: 'expired', reason: 'expired' };
  if (!facts.channelEnabled) return { pass: false, status: 'cancelled', reason: 'channel_disabled' };
  if (!facts.countryAllowed) return { pass: false, status: 'cancelled', reason: 'country_not_allowed' };
  if (facts.senderSilenced) return { pass: false, status: 'cancelled', reason: 'sender_silenced' };
  if (facts.consent === 'opted_out' || (facts.leftMarketing && facts.category === 'marketing'))
    return { pass: false, status: 'blocked_opted_out', reason: 'opted_out' };
  if (facts.numberOptedOut) return { pass: false, status: 'blocked_opted_out', reason: 'number_opted_out' };
  if (facts.suppression && (facts.suppression !== 'soft_bounce' || facts.category === 'marketing'))
    return { pass: false, status: 'suppressed', reason: facts.suppression };
  if (facts.isDead) return { pass: false, status: 'suppressed', reason: 'dead_address' };
  if (facts.isTest) return PASS;
  if (facts.rangeBlocked) return { pass: false, status: 'suppressed', reason: 'number_range_blocked' };
  if (facts.consent === 'opted_in') return facts.category === 'marketing' ? whenMarketingGoes(facts) : PASS;
  if (facts.category === 'marketing') return { pass: false, status: 'skipped_no_consent', reason: 'no_opt_in' };
  return facts.optInRequired && facts.category !== 'emergency'
    ? { pass: false, status: 'skipped_no_consent', reason: 'opt_in_required' }
    : PASS;
}

function whenMarketingGoes({ senderPaused, quietUntil }: GateFacts): GateVerdict {
  if (senderPaused) return PAUSED;
  return quietUntil === null ? PASS : { pass: false, waits: 'quiet_hours', until: quietUntil };
}
