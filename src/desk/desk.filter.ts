/** Which messages an operator means, in SQL. */
import type { SqlCondition } from '../kernel/index.js';
import type { DeskFilter } from './desk.dto.js';

/** Conditions on a relation named `message`; `tenantId` is undefined for all tenants. */
export function meant(tenantId: string | undefined, filter: DeskFilter): SqlCondition[] {
  return [
    [(place) => `message.tenant_id = ${place}`, tenantId],
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
