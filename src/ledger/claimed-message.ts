/** What a drain works with. */
import type { TraceParent } from '../kernel/index.js';
import type { Category, Channel } from '../tenants/index.js';
import type { StoredContent, StoredHostRefs, StoredMail } from './message-draft.js';

/** A message claimed by a drain, exclusively until it is recorded: `sending` from right before its call. */
export interface ClaimedMessage {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly campaign_id: string | null;
  /** Of one that follows a campaign's message, and is none of its own. */
  readonly root_campaign_id: string | null;
  readonly channel: Channel;
  readonly category: Category;
  /** Of its lane. */
  readonly provider_account_id: string;
  readonly sender_address: string;
  readonly sender_name: string | null;
  readonly recipient: string;
  readonly template_version_id: string | null;
  readonly data: Record<string, unknown> | null;
  readonly content: StoredContent | null;
  readonly mail: StoredMail | null;
  readonly host_refs: StoredHostRefs | null;
  /** What the host said of them when they were last read: variables of the template, under the message's own. */
  readonly host_data: Record<string, unknown> | null;
  readonly correlation_id: string | null;
  /** Its place in a trace that is recorded; null without one. */
  readonly trace: TraceParent | null;
  /** Sent to the tenant's own people: it needs no opt-in. */
  readonly is_test: boolean;
  /** The number of this attempt. */
  readonly attempts: number;
  /** Null on the first attempt. */
  readonly first_attempt_at: string | null;
  /** How often another sender has taken it over (sender failover). */
  readonly diversions: number;
  readonly segments: number;
  readonly expires_at: string | null;
}
