/** Wakes every lane that has work and no drain, after a lost job, a lost queue or a dead worker. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Overdue, Scheduled, Schedules } from '../../kernel/index.js';
import { DrainLane } from './drain-lane.command.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { Lanes } from '../lanes/lanes.js';

/** Scheduled messages leave within this time of their due time. */
const EVERY_MS = 1_000;
/** Lanes per run that are drained directly, without the queue. */
const BY_HAND = 10;

@Injectable()
export class SweepSchedule {
  private readonly overdue = new Overdue<string>((laneId) => laneId);

  constructor(
    private readonly schedules: Schedules,
    private readonly lanes: Lanes,
    private readonly queue: LaneQueue,
    private readonly commands: CommandBus,
  ) {}

  /** A direct drain may take its full time: the next sweep does not wait for it, and finds the lane leased. */
  @Scheduled({ name: 'sweep-lanes', everyMs: EVERY_MS })
  async sweep(): Promise<void> {
    const waiting = await this.lanes.idle();
    for (const laneId of waiting) this.queue.wake(laneId);
    for (const laneId of this.overdue.note(waiting).slice(0, BY_HAND))
      this.schedules.leaveRunning('sweep-lanes', () => this.commands.execute(new DrainLane(laneId)));
  }
}
