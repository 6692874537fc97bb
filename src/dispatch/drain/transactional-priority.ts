/** Transactional priority within this process: a ticket that somebody waits for goes before bulk messages. */
import { performance } from 'node:perf_hooks';
import type { ClaimedMessage } from '../../ledger/index.js';

/** Priority lasts this long after a ticket: the next one is likely. */
const LASTS_MS = 1_000;

/**
 * A process that sends in bulk is always busy, and each step of a ticket (wake, lease, claim, gate, call) waits for the batch
 * before it. So while tickets come, on any lane, bulk is sent in smaller batches and with pauses.
 */
export class TransactionalPriority {
  private until = -Infinity;

  /** True for a while after a ticket. */
  get isGiven(): boolean {
    return performance.now() < this.until;
  }

  /** Looks for tickets in a batch of up to `size` messages. A batch full of them is bulk itself: pauses would delay it. */
  notice(claimed: readonly ClaimedMessage[], size: number): void {
    const tickets = claimed.filter(isTicket).length;
    if (tickets > 0 && tickets < size) this.until = performance.now() + LASTS_MS;
  }
}

const isTicket = ({ category, campaign_id: campaignId }: ClaimedMessage): boolean =>
  category === 'emergency' || (category === 'transactional' && campaignId === null);
