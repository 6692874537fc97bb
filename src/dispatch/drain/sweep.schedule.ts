/** Wakes every lane that has something to do and nobody doing it: what a lost wake, a lost queue or a dead worker left. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Overdue, Schedules, type ReadyConfig } from '../../kernel/index.js';
import { DrainLane } from './drain-lane.command.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { Lanes } from '../lanes/lanes.js';

/** Scheduled messages leave within this time of their hour. */
const EVERY_MS = 1_000;
/** Lanes that are drained without the queue at a time. */
const BY_HAND = 10;

@Injectable()
export class SweepSchedule {
  private readonly overdue = new Overdue<string>((laneId) => laneId);

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly lanes: Lanes,
    private readonly queue: LaneQueue,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('sweep-lanes', EVERY_MS * 0.9, async () => {
      const waiting = await this.lanes.idle();
      for (const laneId of waiting) this.queue.wake(laneId);
      const forgotten = this.overdue.note(waiting).slice(0, BY_HAND);
      await Promise.all(forgotten.map((laneId) => this.commands.execute(new DrainLane(laneId))));
    });
  }
}
