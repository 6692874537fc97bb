/** What one event adds to a tenant's usage: pure, so that usage, events and ledger can be compared. */
import {
  ENGAGEMENTS,
  MACHINE_ENGAGEMENTS,
  PROVES_SENT,
  SETTLED,
  STATUSES,
  type Engagement,
  type MachineEngagement,
  type MessageEventKind,
  type MessageStatus,
} from '../../ledger/index.js';

export interface Counts {
  /** Taken by the provider: what is billed. */
  readonly messages: number;
  /** SMS segments of those messages; 1 per message on other channels. */
  readonly segments: number;
  readonly delivered: number;
  /** Ended without arriving, as decided by us or reported by the provider. */
  readonly failed: number;
  /** Stopped before any provider call: consent, suppression, expiry, cancellation. */
  readonly stopped: number;
}

const ARRIVED: readonly string[] = ['delivered', 'read'] satisfies MessageStatus[];
const FAILED: readonly string[] = ['failed', 'undelivered'] satisfies MessageStatus[];
const STOPPED: readonly string[] = SETTLED.filter((status) => ![...PROVES_SENT, 'failed'].includes(status));

/** Events that add to usage, or to what messages cost. Leaving a group is an event of the one that is entered. */
export const COUNTED = [
  'sent',
  'delivered',
  'read',
  'undelivered',
  'failed',
  'unknown',
  'skipped_no_consent',
  'blocked_opted_out',
  'suppressed',
  'expired',
  'cancelled',
  ...ENGAGEMENTS,
  ...MACHINE_ENGAGEMENTS,
  'measured',
  'received',
] as const satisfies readonly MessageEventKind[];

/**
 * An event moves a message from one status to another: it increments the group it enters and decrements the one it leaves. Other events,
 * such as that a fallback followed, leave its status as it is.
 */
export function countsOf(kind: MessageEventKind, previous: MessageStatus | null, segments: number): Counts {
  const isMove = (STATUSES as readonly string[]).includes(kind);
  const step = (group: readonly string[]): number =>
    isMove ? Number(group.includes(kind)) - Number(previous !== null && group.includes(previous)) : 0;
  const sent = kind === 'sent' ? 1 : 0;
  return {
    messages: sent,
    segments: sent * segments,
    delivered: sent ? 0 : step(ARRIVED),
    failed: sent ? 0 : step(FAILED),
    stopped: sent ? 0 : step(STOPPED),
  };
}

/** Messages that people, or machines, did something about; each counts once. */
export type EngagementCounts = Readonly<Record<Engagement | MachineEngagement | 'read', number>>;

/** Messages that people wrote to the tenant, and their segments. */
export interface ReceivedCounts {
  readonly received: number;
  readonly received_segments: number;
}

export function receivedOf(kind: MessageEventKind, segments: number): ReceivedCounts {
  const received = Number(kind === 'received');
  return { received, received_segments: received * segments };
}

export const engagementOf = (kind: MessageEventKind): EngagementCounts => ({
  opened: Number(kind === 'opened'),
  clicked: Number(kind === 'clicked'),
  answered: Number(kind === 'answered'),
  unsubscribed: Number(kind === 'unsubscribed'),
  read: Number(kind === 'read'),
  machine_opened: Number(kind === 'machine_opened'),
  machine_clicked: Number(kind === 'machine_clicked'),
});
