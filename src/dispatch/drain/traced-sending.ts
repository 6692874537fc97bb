/** Sends batches, each in a span where any of its messages is in a trace that is recorded. */
import { Injectable } from '@nestjs/common';
import { Tracing } from '../../kernel/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { Sending } from './sending.js';

@Injectable()
export class TracedSending {
  constructor(
    private readonly sending: Sending,
    private readonly tracing: Tracing,
  ) {}

  /** As Sending does. */
  send(lane: LeasedLane, claimed: readonly ClaimedMessage[]): Promise<void> {
    const attributes = {
      'callboard.lane_id': lane.row.id,
      'callboard.provider': lane.row.provider,
      'messaging.batch.message_count': claimed.length,
    };
    return this.tracing.about(
      claimed.map(({ trace }) => trace),
      { name: 'lane.batch', kind: 'consumer', attributes },
      () => this.sending.send(lane, claimed),
    );
  }
}
