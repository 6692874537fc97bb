/** A row of the ledger before it is written. */
import type { TraceParent } from '../kernel/index.js';
import type { Moment, StaleReason } from '../host-data/index.js';
import type { Speech } from '../providers/index.js';
import type { Category, Channel } from '../tenants/index.js';
import type { MessageStatus } from './message.status.js';

/** Characters of a caller's own words: a reference, an order's or a customer's id, a type of message. */
export const CALLERS_WORD_LENGTH = 200;

/** Content stored with the message itself, without a template. */
export interface StoredContent {
  readonly subject?: string;
  readonly html?: string;
  readonly text?: string;
  readonly body?: string;
  readonly mediaUrls?: string[];
  readonly speech?: Partial<Speech>;
}

/** An entry of the recipient's calendar; times are ISO 8601. */
export interface StoredCalendar {
  readonly method: 'REQUEST' | 'CANCEL';
  /** The same in every message about it. */
  readonly uid: string;
  /** Higher in every later message about it. */
  readonly sequence: number;
  readonly title: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly description?: string;
  readonly location?: string;
  readonly url?: string;
  /** When the message was accepted. */
  readonly stampedAt: string;
}

/** What an email has beside its subject and text. */
export interface StoredMail {
  /** Files by their ids; with a content id, a picture within the HTML. */
  readonly attachments?: readonly { readonly id: string; readonly contentId?: string }[];
  readonly calendar?: StoredCalendar;
  readonly replyTo?: string;
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  /** The caller's own. */
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
}

/** One step of a message's fallback: omitted fields are the message's. */
export interface StoredStep {
  readonly channel: Channel;
  readonly to?: string;
  readonly senderId?: string;
  readonly versionId?: string;
  readonly data?: Record<string, unknown>;
  readonly content?: StoredContent;
}

/** What a message is about, by the host's ids, and what must be so when it is sent. */
export interface StoredHostRefs {
  readonly orderId?: string;
  readonly customerId?: string;
  readonly eventId?: string;
  readonly attendeeId?: string;
  /** What the attendee's status must be. */
  readonly attendeeStatus?: string;
  /** When the event begins, as the message was planned: ISO 8601. */
  readonly startsAt?: string;
  /** When it is of no use any more: read anew before each call. */
  readonly notAfter?: Moment;
  /** What may be so nonetheless. */
  readonly allow?: readonly StaleReason[];
  /** The recipient is the customer's address, as the host has it right before the call. */
  readonly toCustomer?: true;
}

/** The columns of `message`, and of its pending row. */
export interface MessageDraft {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly lane_id: string;
  readonly provider: string;
  readonly sender_address: string;
  readonly sender_name: string | null;
  readonly recipient: string;
  readonly template_version_id: string | null;
  readonly data: Record<string, unknown> | null;
  readonly content: StoredContent | null;
  readonly mail: StoredMail | null;
  readonly status: MessageStatus;
  readonly segments: number;
  readonly reference: string | null;
  readonly order_id: string | null;
  readonly customer_id: string | null;
  /** The caller's word for the kind of message. */
  readonly message_type: string | null;
  /** Sent to the tenant's own people: it needs no opt-in. */
  readonly is_test: boolean;
  readonly metadata: Record<string, unknown> | null;
  readonly campaign_id: string | null;
  /** The campaign whose message this one follows by itself, at whatever distance: it is held and cancelled with it, and not counted. */
  readonly root_campaign_id: string | null;
  readonly resend_of: string | null;
  /** What follows if it reaches nobody. */
  readonly fallback: readonly StoredStep[] | null;
  readonly fallback_of: string | null;
  readonly host_refs: StoredHostRefs | null;
  /** What the host said of them when they were last read: variables of the template, under the message's own. */
  readonly host_data: Record<string, unknown> | null;
  /** The caller's id of what led to the message. */
  readonly correlation_id: string | null;
  /** Its place in a trace that is recorded; null without one. */
  readonly trace: TraceParent | null;
  readonly send_at: Date | null;
  readonly expires_at: Date | null;
  readonly ready_at: Date;
}
