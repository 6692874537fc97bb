/** Finds pending events whose job was lost, and those to be looked up again. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Database, Overdue, Scheduled } from '../kernel/index.js';
import { ApplyProviderEvents } from './apply-provider-events.command.js';
import { InboxQueue } from './inbox.queue.js';
import { UnnamedEvents } from './unnamed-events.js';

@Injectable()
export class SweepInboxSchedule {
  private readonly overdue = new Overdue<string>((eventId) => eventId);

  constructor(
    private readonly database: Database,
    private readonly inbox: InboxQueue,
    private readonly commands: CommandBus,
    private readonly unnamed: UnnamedEvents,
  ) {}

  @Scheduled({ name: 'sweep-inbox', everyMs: 2_000 })
  async sweep(): Promise<void> {
    await this.unnamed.wake();
    const oldest = await this.database.query<{ id: string }>(
      `select id from inbox where applied_at is null order by id limit 1`,
    );
    if (oldest.length > 0) this.inbox.wake();
    const forgotten = this.overdue.note(oldest.map(({ id }) => id));
    if (forgotten.length > 0) await this.commands.execute(new ApplyProviderEvents());
  }
}
