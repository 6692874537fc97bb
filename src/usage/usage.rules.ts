/** What one event adds to a tenant's usage: pure, so that usage, events and ledger can be compared. */
import { PROVES_SENT, SETTLED, type MessageEventKind, type MessageStatus } from '../ledger/index.js';

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

/** An event moves a message from one status to another: it increments the group it enters and decrements the one it leaves. */
export function countsOf(kind: MessageEventKind, previous: MessageStatus | null, segments: number): Counts {
  const step = (group: readonly string[]): number =>
    Number(group.includes(kind)) - Number(previous !== null && group.includes(previous));
  const sent = kind === 'sent' ? 1 : 0;
  return {
    messages: sent,
    segments: sent * segments,
    delivered: sent ? 0 : step(ARRIVED),
    failed: sent ? 0 : step(FAILED),
    stopped: sent ? 0 : step(STOPPED),
  };
}
