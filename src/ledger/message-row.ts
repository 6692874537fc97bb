/** A message as read from the ledger. */
import type { Category, Channel } from '../tenants/index.js';
import type { MessageStatus } from './message.status.js';
import type { StoredStep } from './message-draft.js';
import type { MessageReason } from './message.reasons.js';

/** Times are PostgreSQL text. */
export interface MessageRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly provider: string;
  readonly sender_address: string;
  readonly recipient: string;
  readonly status: MessageStatus;
  readonly reason: MessageReason | null;
  readonly error_code: string | null;
  /** What the provider's code means, in its words or ours. */
  readonly error_message: string | null;
  readonly attempts: number;
  readonly segments: number;
  readonly provider_message_id: string | null;
  readonly reference: string | null;
  readonly order_id: string | null;
  readonly customer_id: string | null;
  readonly message_type: string | null;
  readonly correlation_id: string | null;
  readonly is_test: boolean;
  readonly template_version_id: string | null;
  readonly metadata: Record<string, unknown> | null;
  readonly campaign_id: string | null;
  readonly resend_of: string | null;
  readonly fallback: readonly StoredStep[] | null;
  readonly fallback_of: string | null;
  readonly followed_by: string | null;
  readonly created_at: string;
  readonly send_at: string | null;
  readonly expires_at: string | null;
  readonly sent_at: string | null;
  readonly settled_at: string | null;
}

/** A relation for other modules' statements; `provider_account_id` is the account that sends it. */
export const MESSAGES = `(
  select message.id, tenant_id, venue_id, message.channel, recipient, message.sender_address, status, reason, send_at, first_attempt_at, sent_at, settled_at, fallback, followed_by, message.provider, provider_message_id,
    provider_account_id, campaign_id, root_campaign_id, template_version_id, trace
  from message join lane on lane.id = message.lane_id)`;

/** The parts of a statement that join the messages of its relation `event`, named `message`. */
export interface MessageJoin {
  /** Of its WITH, after `event`, which is materialized; may be empty. */
  readonly relation: string;
  readonly join: string;
}

/**
 * With these columns. Of a large batch they are found in one walk through the index of the months that they are from, and must be joined
 * by hashing (`plannedFor`); of a few events, and of all of a month, each by itself. The relation is materialized, as the planner expects ten messages.
 */
export const messageJoin = (columns: string, isLargeBatch: boolean): MessageJoin =>
  isLargeBatch
    ? {
        relation: `looked_up as materialized (
          select ${columns} from ${MESSAGES} as message
          where message.id = any (array(select message_id from event))
            and message.id >= (select message_id from event order by message_id limit 1)
            and message.id <= (select message_id from event order by message_id desc limit 1)),`,
        join: 'left join looked_up as message on message.id = event.message_id',
      }
    : {
        relation: '',
        join: `left join lateral (
          select ${columns} from ${MESSAGES} as message where message.id = event.message_id limit 1) as message on true`,
      };

/** As `MESSAGES`, of events. */
export const MESSAGE_EVENTS =
  '(select seq, tx, message_id, tenant_id, at, kind, previous, channel, category, provider, segments, reason, code, quantity, price_micros, price_currency, source, occurred_at from message_event)';

/** What its tenant knows a message by. */
export const KNOWN_MESSAGES = `(
  select id, venue_id, recipient, sender_address, provider_message_id, campaign_id, reference, order_id, customer_id, message_type, correlation_id,
    metadata, is_test, followed_by
  from message)`;

/** Messages with the time when they were first known to be taken: a range of `sent_at` finds them. */
export const SENT_MESSAGES = `(
  select message.id, message.tenant_id, provider_account_id, message.provider, provider_message_id, message.channel, message.segments,
    message.status, event.at as sent_at
  from message_event as event join message on message.id = event.message_id join lane on lane.id = message.lane_id
  where event.kind = 'sent')`;

/** The same without it: what the ledger says of each. */
export const SENT_STATES = `(select id, tenant_id, status, segments, channel from message)`;

/** A message's id holds its acceptance time. */
export const MESSAGE_COLUMNS = `id, message.tenant_id, venue_id, channel, category, provider, sender_address, recipient, status, reason,
  error_code, error_message, attempts, segments, provider_message_id, reference, order_id, customer_id, message_type, correlation_id, is_test,
  template_version_id, metadata, campaign_id, resend_of, fallback, fallback_of,
  followed_by, send_at, expires_at,
  uuid_extract_timestamp(id) as created_at, sent_at, settled_at`;

/**
 * SQL: whether a message is the first of its tenant to its recipient within the last days. `message` has the columns `id`, `tenant_id` and
 * `recipient`.
 */
export const isFirstTo = (message: string, days: number): string => `not exists (
  select from message as earlier
  where earlier.tenant_id = ${message}.tenant_id and earlier.recipient = ${message}.recipient and earlier.id < ${message}.id
    and earlier.id >= uuidv7_floor(now() - interval '${days} days'))`;
