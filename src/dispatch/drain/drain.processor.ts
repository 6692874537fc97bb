/** Runs a drain for each job of the lane queue. */
import { CommandBus } from '@nestjs/cqrs';
import type { Job } from 'bullmq';
import { QueueProcessor, QueueWorker } from '../../kernel/index.js';
import { DrainLane } from './drain-lane.command.js';
import { LANES, type LaneJob } from '../lanes/lane.queue.js';

/** Lanes drained at once in one process: each mostly waits for its provider. */
const CONCURRENCY = 50;

/** A job may run again while it still runs elsewhere; the lane's lease prevents two drains at once. */
@QueueWorker(LANES, { concurrency: CONCURRENCY })
export class DrainProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  protected override async work({ data }: Job<LaneJob>): Promise<void> {
    await this.commands.execute(new DrainLane(data.laneId));
  }
}
