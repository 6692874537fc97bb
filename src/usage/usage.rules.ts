/** What one event adds to a tenant's usage: pure, so that usage, events and ledger can be proven equal. */
import { PROVES_SENT, SETTLED, type MessageEventKind, type MessageStatus } from '../ledger/index.js';

export interface Counts {
  /** Taken by the provider: what is billed. */
  readonly messages: number;
  /** SMS segments of those messages; 1 per message elsewhere. */
  readonly segments: number;
  readonly delivered: number;
  /** Ended without arriving, by our word or the provider's. */
  readonly failed: number;
  /** Stopped by us before any provider call: consent, suppression, expiry, cancellation. */
  readonly stopped: number;
}

const ARRIVED: readonly string[] = ['delivered', 'read'] satisfies MessageStatus[];
const FAILED: readonly string[] = ['failed', 'undelivered'] satisfies MessageStatus[];
const STOPPED: readonly string[] = SETTLED.filter((status) => ![...PROVES_SENT, 'failed'].includes(status));

/** An event moves a message from one status to another: it adds to the group it enters and takes from the one it leaves. */
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
