/** Finds events whose wake was lost. */
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Database, Schedules, type ReadyConfig } from '../kernel/index.js';
import { InboxQueue } from './inbox.queue.js';

const EVERY_MS = 2_000;

@Injectable()
export class SweepInboxSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly database: Database,
    private readonly inbox: InboxQueue,
  ) {}

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('sweep-inbox', EVERY_MS * 0.9, async () => {
      const [waiting] = await this.database.query(`select id from inbox where applied_at is null limit 1`);
      if (waiting) this.inbox.wake();
    });
  }
}
