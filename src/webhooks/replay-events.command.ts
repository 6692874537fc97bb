/** Replays provider events that were applied while something on our side was wrong. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, SqlValues, type Principal } from '../kernel/index.js';
import { InboxQueue } from './inbox.queue.js';
import type { ReplayBody, ReplayedView } from './inbox.dto.js';

export class ReplayEvents extends Command<ReplayedView> {
  constructor(
    readonly caller: Principal,
    readonly input: ReplayBody,
  ) {
    super();
  }
}

@CommandHandler(ReplayEvents)
export class ReplayEventsHandler implements ICommandHandler<ReplayEvents> {
  constructor(
    private readonly database: Database,
    private readonly inbox: InboxQueue,
    private readonly audit: Audit,
  ) {}

  /**
   * Marks events as not applied, the oldest first. Safe to repeat: a report never moves a message's status down. Inbound
   * messages are excluded: an old STOP must not undo a START.
   */
  execute({ caller, input: { limit, ...filter } }: ReplayEvents): Promise<ReplayedView> {
    return this.database.transaction(async () => {
      const values = new SqlValues();
      const asked = values.all([
        [(place) => `id >= uuidv7_floor(${place}::timestamptz)`, filter.since],
        [(place) => `id < uuidv7_floor(${place}::timestamptz)`, filter.until],
        [(place) => `provider = ${place}`, filter.provider],
        [(place) => `event ->> 'messageId' = ${place}`, filter.messageId],
      ]);
      const events = await this.database.query(
        `update inbox set applied_at = null where id in (
           select id from inbox
           where ${asked} and applied_at is not null and (event ->> 'kind' = 'status' or event ? 'suppress')
           order by id limit ${limit} for update skip locked)
         returning id`,
        values.list,
      );
      await this.audit.record(caller, 'inbox.replay', { filter, events: events.length });
      await this.database.afterCommit(() => this.inbox.wake());
      return { events: events.length, more: events.length === limit };
    });
  }
}
