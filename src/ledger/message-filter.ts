/** Filters messages, for statements that join `message`. */
import type { SqlCondition } from '../kernel/index.js';
import type { Category, Channel } from '../tenants/index.js';

/** An omitted field does not filter. */
export interface MessageFilter {
  readonly id?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly provider?: string | undefined;
  readonly category?: Category | undefined;
  readonly reason?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly venueId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Accepted at or after. */
  readonly since?: Date | undefined;
  /** Accepted before. */
  readonly until?: Date | undefined;
}

/** Conditions on a relation named `message`. */
export function messageConditions(filter: MessageFilter): SqlCondition[] {
  return [
    [(place) => `message.id = ${place}`, filter.id],
    [(place) => `message.tenant_id = ${place}`, filter.tenantId],
    [(place) => `message.channel = ${place}`, filter.channel],
    [(place) => `message.provider = ${place}`, filter.provider],
    [(place) => `message.category = ${place}`, filter.category],
    [(place) => `message.reason = ${place}`, filter.reason],
    [(place) => `message.error_code = ${place}`, filter.errorCode],
    [(place) => `message.venue_id = ${place}`, filter.venueId],
    [(place) => `message.campaign_id = ${place}`, filter.campaignId],
    [(place) => `message.id >= uuidv7_floor(${place}::timestamptz)`, filter.since],
    [(place) => `message.id < uuidv7_floor(${place}::timestamptz)`, filter.until],
  ];
}
