/** Queues a drain of a lane. A lost job does no harm: the sweeper wakes every lane that has work. */
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Database, Waker } from '../../kernel/index.js';

export const LANES = 'lanes';

export interface LaneJob {
  readonly laneId: string;
}

@Injectable()
export class LaneQueue {
  private readonly waker: Waker;

  constructor(
    @InjectQueue(LANES) queue: Queue,
    private readonly database: Database,
  ) {
    this.waker = new Waker(queue);
  }

  wake(laneId: string): void {
    this.waker.wake(laneId, { laneId } satisfies LaneJob);
  }

  /** Wakes lanes after the current transaction commits. */
  async wakeAfterCommit(laneIds: Iterable<string>): Promise<void> {
    const lanes = new Set(laneIds);
    if (lanes.size > 0) await this.database.afterCommit(() => lanes.forEach((laneId) => this.wake(laneId)));
  }
}
