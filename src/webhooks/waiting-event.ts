/** An event of the inbox that is being applied, with its message. */
import type { TraceParent } from '../kernel/index.js';
import type { Lookup, ProviderEvent } from '../providers/index.js';
import type { Channel, ProviderName } from '../tenants/index.js';

/** As stored: times are JSON text. */
type Stored<Event> = Event extends { lookup?: unknown }
  ? Omit<Event, 'occurredAt' | 'lookup'> & { readonly occurredAt?: string; readonly lookup?: StoredLookup }
  : never;
type StoredLookup = Omit<Lookup, 'sentAt'> & { readonly sentAt?: string };
type StoredEvent = Stored<Extract<ProviderEvent, { kind: 'status' | 'engagement' }>>;

export interface WaitingEvent {
  readonly id: string;
  readonly provider: ProviderName;
  readonly event: StoredEvent;
  /** The accounts that may have signed it. */
  readonly account_ids: readonly string[];
  /** As PostgreSQL text. */
  readonly received_at: string;
  /** Seconds from then until it was taken. */
  readonly waited: number;
  /** Of the event's message; null if no message of the account that signed it has this id. */
  readonly message_id: string | null;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly recipient: string;
  readonly sender_address: string;
  readonly provider_account_id: string;
  /** When it was known to be sent, at the latest by this event; as PostgreSQL text. */
  readonly sent_at: string;
  /** When the message left, or was first tried, as PostgreSQL text; null where it was looked up. */
  readonly left_at: string | null;
  /** The message's place in a trace that is recorded; null without one. */
  readonly trace: TraceParent | null;
  /** The webhook's own. */
  readonly webhook_trace: TraceParent | null;
}
