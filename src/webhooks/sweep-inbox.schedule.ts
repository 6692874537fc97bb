/** Finds events whose wake was lost, or that the queue has forgotten. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Database, Overdue, Schedules, type ReadyConfig } from '../kernel/index.js';
import { ApplyProviderEvents } from './apply-provider-events.command.js';
import { InboxQueue } from './inbox.queue.js';

const EVERY_MS = 2_000;

@Injectable()
export class SweepInboxSchedule {
  private readonly overdue = new Overdue<string>((eventId) => eventId);

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly database: Database,
    private readonly inbox: InboxQueue,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('sweep-inbox', EVERY_MS * 0.9, async () => {
      const oldest = await this.database.query<{ id: string }>(
        `select id from inbox where applied_at is null order by id limit 1`,
      );
      if (oldest.length > 0) this.inbox.wake();
      const forgotten = this.overdue.note(oldest.map(({ id }) => id));
      if (forgotten.length > 0) await this.commands.execute(new ApplyProviderEvents());
    });
  }
}
