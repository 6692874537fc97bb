/** Consent as the API shows it. */
import { iso } from '../kernel/index.js';
import type { Milestones } from './consent-log.js';
import type { ConsentView, StandingNumberOptOut } from './consent.dto.js';
import type { Decision } from './consent.entity.js';
import type { ConsentSubject } from './consent-subject.js';

export interface ConsentState {
  readonly status: Decision;
  readonly source: string;
  readonly occurredAt: Date;
  readonly updatedAt: Date;
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
