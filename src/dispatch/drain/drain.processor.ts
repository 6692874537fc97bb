/** Runs a drain for each job of the lane queue. */
import { Processor } from '@nestjs/bullmq';
import { CommandBus } from '@nestjs/cqrs';
import type { Job } from 'bullmq';
import { QueueProcessor } from '../../kernel/index.js';
import { DrainLane } from './drain-lane.command.js';
import { LANES, type LaneJob } from '../lanes/lane.queue.js';

/** Lanes drained at once in one process: each mostly waits for its provider. */
const CONCURRENCY = 50;

/** A killed worker's jobs stall after this long and run again elsewhere; the lane's lease prevents two drains at once. */
@Processor(LANES, { concurrency: CONCURRENCY, lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 })
export class DrainProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  async process({ data }: Job<LaneJob>): Promise<void> {
    await this.commands.execute(new DrainLane(data.laneId));
  }
}
