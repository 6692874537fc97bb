/** Filters messages, for statements that join `message`. */
import type { SqlCondition } from '../kernel/index.js';
import type { Category, Channel } from '../tenants/index.js';
import { quoted, type MessageStatus } from './message.status.js';

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

/** SQL expressions, with their types: messages to an address, which the index of recipients finds. */
interface Lately {
  readonly address: string;
  readonly tenant: string;
  /** The first moment that counts. */
  readonly since: string;
}

/** Nothing of it has left, or will. */
const NEVER_LEFT: readonly MessageStatus[] = [
  'failed',
  'skipped_no_consent',
  'blocked_opted_out',
  'suppressed',
  'expired',
  'cancelled',
];

/** A message's id holds its acceptance time. */
const messagesTo = ({ address, tenant, since }: Lately): string =>
  `message.recipient = ${address} and message.tenant_id = ${tenant} and message.id >= uuidv7_floor(${since}) and not message.is_test`;

/** A condition: that a message accepted since then was opened, or whatever `did` says. */
export const engagedWith = (did: string, lately: Lately): string => `exists (
  select from message join message_event as event on event.message_id = message.id
  where ${messagesTo(lately)} and event.kind = ${did} and event.at >= ${lately.since})`;

/** A condition: that a campaign has written since then, or what follows a message of it. What still waits counts, what never left does not. */
export const writtenByCampaigns = (lately: Lately): string => `exists (
  select from message where ${messagesTo(lately)} and coalesce(message.campaign_id, message.root_campaign_id) is not null
    and message.status not in (${quoted(NEVER_LEFT)}))`;
