/** Resolves doubts by an operator's decision. */
import { Injectable } from '@nestjs/common';
import { LaneQueue, OpenCalls } from '../dispatch/index.js';
import { Doubts, Transitions, type DoubtedMessage, type MessageFilter, type MessageStatus } from '../ledger/index.js';
import type { Decision } from './operations.dto.js';

const BECOMES: Readonly<Record<Decision, MessageStatus>> = { sent: 'sent', requeue: 'queued', fail: 'failed' };

/** The status of a message after a decision: one that another was sent in place of is not sent a third time. */
export const becomes = ({ isFollowed }: DoubtedMessage, decision: Decision): MessageStatus =>
  isFollowed && decision === 'requeue' ? 'failed' : BECOMES[decision];

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
    if (decision === 'requeue') return this.requeue(doubted);
    const ids = doubted.map(({ id }) => id);
    const status = BECOMES[decision];
    const reason = decision === 'sent' ? 'settled_by_hand' : 'given_up';
    await this.transitions.apply(
      ids.map((messageId) => ({ messageId, status, reason })),
      'desk',
    );
  }

  private async requeue(doubted: readonly DoubtedMessage[]): Promise<void> {
    const [followed, others] = [
      doubted.filter(({ isFollowed }) => isFollowed),
      doubted.filter(({ isFollowed }) => !isFollowed),
    ];
    await this.transitions.apply(
      followed.map(({ id: messageId }) => ({ messageId, status: 'failed', reason: 'given_up' })),
      'desk',
    );
    await this.transitions.defer(
      others.map(({ id: messageId }) => ({ messageId, reason: 'tried_by_hand', retryInMs: 0 })),
      'desk',
    );
    await this.lanes.wakeAfterCommit(others.map(({ laneId }) => laneId));
  }
}
