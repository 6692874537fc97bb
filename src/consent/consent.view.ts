/** Consent as the API shows it. */
import { iso } from '../kernel/index.js';
import type { Milestones } from './consent-log.js';
import type { ConsentView, StandingNumberOptOut } from './consent.dto.js';
import type { Consent, Decision, OptOutCategory } from './consent.entity.js';
import type { ConsentSubject } from './consent-subject.js';

export interface ConsentState {
  readonly status: Decision;
  /** What an opt-out is of alone; null for everything. */
  readonly category: OptOutCategory | null;
  readonly source: string;
  readonly occurredAt: Date;
  readonly updatedAt: Date;
}

/** The parts of a row of `consent`, of which the newer counts. */
export type ConsentParts = Pick<
  Consent,
  'status' | 'source' | 'occurredAt' | 'updatedAt' | 'marketingOutAt' | 'marketingOutSource'
>;

/** The state that they amount to; null without a decision. */
export function stateIn(parts: ConsentParts): ConsentState | null {
  const { status, source, occurredAt, updatedAt, marketingOutAt, marketingOutSource } = parts;
  if (marketingOutAt && marketingOutAt >= occurredAt) {
    const category = status === 'opted_out' ? null : 'marketing';
    return {
      status: 'opted_out',
      category,
      source: marketingOutSource ?? source,
      occurredAt: marketingOutAt,
      updatedAt,
    };
  }
  return status === 'unknown' ? null : { status, category: null, source, occurredAt, updatedAt };
}

/** The state of a subject; `unknown` without a decision. */
export function consentView(
  { venueId, channel, address }: ConsentSubject,
  state: ConsentState | null,
  milestones: Milestones,
  numberOptOut: StandingNumberOptOut | null,
): ConsentView {
  return {
    venueId,
    channel,
    address,
    status: state?.status ?? 'unknown',
    category: state?.category ?? null,
    source: state?.source ?? null,
    occurredAt: iso(state?.occurredAt),
    updatedAt: iso(state?.updatedAt),
    firstSource: milestones.firstSource,
    firstAt: iso(milestones.firstAt),
    lastOptInAt: iso(milestones.lastOptInAt),
    lastOptOutAt: iso(milestones.lastOptOutAt),
    numberOptOut,
  };
}
