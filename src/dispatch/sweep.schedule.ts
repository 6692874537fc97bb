/** Wakes every lane that has something to do and nobody doing it: what a lost wake, a lost queue or a dead worker left. */
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Database, Schedules, type ReadyConfig } from '../kernel/index.js';
import { LaneQueue } from './lane.queue.js';

/** Scheduled messages leave within this time of their hour. */
const EVERY_MS = 1_000;
const PARTITIONS_EVERY_MS = 6 * 3_600_000;

@Injectable()
export class SweepSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly database: Database,
    private readonly lanes: LaneQueue,
  ) {}

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('sweep-lanes', EVERY_MS * 0.9, async () => {
      const lanes = await this.database.query<{ id: string }>(
        `select id from lane
         where state = 'active' and lease_until < clock_timestamp() and rest_until <= clock_timestamp() and lane_has_work(id)`,
      );
      for (const { id } of lanes) this.lanes.wake(id);
    });
  }

  /** The ledger's months are made ahead: a message must never meet a month that is not there. */
  @Interval(EVERY_MS)
  async makeMonths(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('make-months', PARTITIONS_EVERY_MS, async () => {
      await this.database.query('select ensure_months(3)');
    });
  }
}
