/** Tries, or gives up, messages that were put off and wait to be tried again. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LaneQueue } from '../dispatch/index.js';
import { Transitions } from '../ledger/index.js';
import { Audit, Database, SqlValues, type Principal } from '../kernel/index.js';
import type { DoneView } from './desk-views.dto.js';
import type { ManyMessages } from './desk.dto.js';
import { meant } from './desk.filter.js';

export class RetryWaiting extends Command<DoneView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string | undefined,
    readonly input: ManyMessages,
  ) {
    super();
  }
}

export class GiveUpWaiting extends Command<DoneView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string | undefined,
    readonly input: ManyMessages,
  ) {
    super();
  }
}

/** Locks what waits and was put off, the oldest first; what a drain has in its hands is left to it. */
function waitingSql({
  tenantId,
  input: { limit, ...filter },
}: RetryWaiting | GiveUpWaiting): [sql: string, values: unknown[]] {
  const values = new SqlValues();
  const asked = values.all(meant(tenantId, filter));
  return [
    `select message_id from pending join message on message.id = message_id
     where claim is null and waits_for is not null ${asked && `and ${asked}`}
     order by message_id limit ${limit} for update of pending skip locked`,
    values.list,
  ];
}

@CommandHandler(RetryWaiting)
export class RetryWaitingHandler implements ICommandHandler<RetryWaiting> {
  constructor(
    private readonly database: Database,
    private readonly lanes: LaneQueue,
    private readonly audit: Audit,
  ) {}

  /** They are ready at once. A lane that rests goes on resting. */
  execute(command: RetryWaiting): Promise<DoneView> {
    const { limit, ...filter } = command.input;
    return this.database.transaction(async () => {
      const [sql, values] = waitingSql(command);
      const ready = await this.database.query<{ lane_id: string }>(
        `with waiting as materialized (${sql})
         update pending set ready_at = clock_timestamp() where message_id in (select message_id from waiting) returning lane_id`,
        values,
      );
      await this.lanes.wakeAfterCommit(ready.map(({ lane_id: lane }) => lane));
      await this.audit.record(command.caller, 'waiting.retry', { filter, messages: ready.length });
      return { messages: ready.length, more: ready.length === limit };
    });
  }
}

@CommandHandler(GiveUpWaiting)
export class GiveUpWaitingHandler implements ICommandHandler<GiveUpWaiting> {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly audit: Audit,
  ) {}

  /** They end as `failed`; what is to follow them where they reach nobody, follows. */
  execute(command: GiveUpWaiting): Promise<DoneView> {
    const { limit, ...filter } = command.input;
    return this.database.transaction(async () => {
      const [sql, values] = waitingSql(command);
      const waiting = await this.database.query<{ message_id: string }>(sql, values);
      await this.transitions.apply(
        waiting.map(({ message_id: messageId }) => ({ messageId, status: 'failed', reason: 'given_up' })),
        'desk',
      );
      await this.audit.record(command.caller, 'waiting.give_up', { filter, messages: waiting.length });
      return { messages: waiting.length, more: waiting.length === limit };
    });
  }
}
