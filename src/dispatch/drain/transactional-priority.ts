/** Who goes first in this process: a person who waits for a ticket, before anything that is sent in bulk. */
import { performance } from 'node:perf_hooks';
import type { ClaimedMessage } from '../../ledger/index.js';

/** So long after a ticket the next is expected. */
const LASTS_MS = 1_000;

/**
 * A process that sends in bulk is busy all the time, and each of a ticket's waits (wake, lease, claim, gate, call) is as long as
 * what is done in one go. So while tickets come, on whichever lane, what is bulk is sent in smaller portions and with rests.
 */
export class TransactionalPriority {
  private until = -Infinity;

  /** True for a while after a ticket. */
  get isGiven(): boolean {
    return performance.now() < this.until;
  }

  /** Looks for tickets in a batch of up to `size` messages. One that is full of them is bulk itself: to rest would delay it. */
  notice(claimed: readonly ClaimedMessage[], size: number): void {
    const tickets = claimed.filter(isTicket).length;
    if (tickets > 0 && tickets < size) this.until = performance.now() + LASTS_MS;
  }
}

const isTicket = ({ category, campaign_id: campaignId }: ClaimedMessage): boolean =>
  category === 'transactional' && campaignId === null;
