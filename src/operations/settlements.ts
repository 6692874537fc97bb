/** Resolves doubts by an operator's decision. */
import { Injectable } from '@nestjs/common';
import { LaneQueue, OpenCalls } from '../dispatch/index.js';
import { Doubts, Transitions, type DoubtedMessage, type MessageFilter, type MessageStatus } from '../ledger/index.js';
import type { Decision } from './operations.dto.js';

export const BECOMES: Readonly<Record<Decision, MessageStatus>> = { sent: 'sent', requeue: 'queued', fail: 'failed' };

@Injectable()
export class Settlements {
  constructor(
    private readonly doubts: Doubts,
    private readonly transitions: Transitions,
    private readonly lanes: LaneQueue,
    private readonly openCalls: OpenCalls,
  ) {}

  /** Locks messages in doubt, the oldest first: later reports find them settled, and their calls are not retried. */
  async lock(filter: MessageFilter, limit: number): Promise<DoubtedMessage[]> {
    const meant = await this.doubts.find(filter, limit);
    await this.openCalls.forgetAllOf(meant);
    return this.doubts.lock(meant);
  }

  async decide(doubted: readonly DoubtedMessage[], decision: Decision): Promise<void> {
    const ids = doubted.map(({ id }) => id);
    if (decision === 'requeue') {
      await this.transitions.defer(
        ids.map((messageId) => ({ messageId, reason: 'tried_by_hand', retryInMs: 0 })),
        'desk',
      );
      await this.lanes.wakeAfterCommit(doubted.map(({ laneId }) => laneId));
      return;
    }
    const status = BECOMES[decision];
    const reason = decision === 'sent' ? 'settled_by_hand' : 'given_up';
    await this.transitions.apply(
      ids.map((messageId) => ({ messageId, status, reason })),
      'desk',
    );
  }
}
