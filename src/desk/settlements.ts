/** Ends doubts by a person's word. */
import { Injectable } from '@nestjs/common';
import { LaneQueue, OpenCalls } from '../dispatch/index.js';
import { Transitions, type MessageStatus } from '../ledger/index.js';
import { Database, SqlValues, type SqlCondition } from '../kernel/index.js';
import type { Decision } from './desk.dto.js';

export interface Doubted {
  readonly id: string;
  readonly lane_id: string;
}

export const BECOMES: Readonly<Record<Decision, MessageStatus>> = { sent: 'sent', requeue: 'queued', fail: 'failed' };

@Injectable()
export class Settlements {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly lanes: LaneQueue,
    private readonly openCalls: OpenCalls,
  ) {}

  /** Locks messages in doubt, the oldest first: news that come meanwhile find them decided, and no call of theirs is repeated. */
  async lock(conditions: readonly SqlCondition[], limit: number): Promise<Doubted[]> {
    const values = new SqlValues();
    const asked = values.all(conditions);
    const inDoubt = `select message.id, lane_id from doubt join message on message.id = message_id
       where status = 'unknown' ${asked && `and ${asked}`} order by message_id limit ${limit}`;
    const meant = await this.database.query<Doubted>(inDoubt, values.list);
    await this.openCalls.forgetAllOf(meant.map(({ id }) => id));
    return this.database.query<Doubted>(
      `select id, lane_id from message where id = any($1) and status = 'unknown' order by id for no key update`,
      [meant.map(({ id }) => id)],
    );
  }

  async decide(doubted: readonly Doubted[], decision: Decision): Promise<void> {
    const ids = doubted.map(({ id }) => id);
    if (decision === 'requeue') {
      const again = ids.map((messageId) => ({ messageId, reason: 'tried_by_hand', retryInMs: 0 }));
      await this.transitions.defer(again, 'desk');
      await this.lanes.wakeAfterCommit(doubted.map(({ lane_id: lane }) => lane));
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
