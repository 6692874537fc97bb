/** What a person wants to get on a channel, from what is known of their consent, and the decisions that a new wish amounts to. Pure. */
import type { Decision, OptOutCategory } from '../consent.entity.js';

export interface Wishes {
  /** Marketing. */
  readonly news: boolean;
  /** Everything else: tickets, changes, alerts. */
  readonly rest: boolean;
}

export interface ConsentFacts {
  readonly consent: Decision | null;
  readonly leftMarketing: boolean;
  /** The tenant writes on this channel only to people who opted in. */
  readonly optInRequired: boolean;
}

export interface WishedDecision {
  readonly status: Decision;
  readonly category?: OptOutCategory;
}

/** As the gate lets messages pass. */
export const wishesIn = ({ consent, leftMarketing, optInRequired }: ConsentFacts): Wishes => ({
  news: consent === 'opted_in' && !leftMarketing,
  rest: consent === 'opted_in' || (consent === null && !optInRequired),
});

const OPT_IN: WishedDecision = { status: 'opted_in' };
const LEAVE_MARKETING: WishedDecision = { status: 'opted_out', category: 'marketing' };

/** In the order in which they are to be recorded; none where nothing changes. Who wants news gets the rest with them. */
export function decisionsFor(now: Wishes, { news, rest }: Wishes): readonly WishedDecision[] {
  if (news) return now.news ? [] : [OPT_IN];
  if (!rest) return now.news || now.rest ? [{ status: 'opted_out' }] : [];
  if (now.news) return [LEAVE_MARKETING];
  return now.rest ? [] : [OPT_IN, LEAVE_MARKETING];
}
