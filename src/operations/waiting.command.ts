/** Retries at once, or gives up, messages that wait for a retry. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LaneQueue } from '../dispatch/index.js';
import { PendingQueue, Transitions } from '../ledger/index.js';
import { Audit, Database, type Principal } from '../kernel/index.js';
import { Filters } from './filters.js';
import type { DoneView } from './operations-views.dto.js';
import type { ManyMessages } from './operations.dto.js';

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

@CommandHandler(RetryWaiting)
export class RetryWaitingHandler implements ICommandHandler<RetryWaiting> {
  constructor(
    private readonly database: Database,
    private readonly filters: Filters,
    private readonly pending: PendingQueue,
    private readonly lanes: LaneQueue,
    private readonly audit: Audit,
  ) {}

  /** Makes them ready at once. An open circuit breaker stays open. */
  execute({ caller, tenantId, input: { limit, ...asked } }: RetryWaiting): Promise<DoneView> {
    return this.database.transaction(async () => {
      const filter = await this.filters.resolved(tenantId, asked);
      const ready = await this.pending.hasten({ ...filter, tenantId }, limit);
      await this.lanes.wakeAfterCommit(ready);
      await this.audit.record(caller, 'waiting.retry', { filter, messages: ready.length });
      return { messages: ready.length, more: ready.length === limit };
    });
  }
}

@CommandHandler(GiveUpWaiting)
export class GiveUpWaitingHandler implements ICommandHandler<GiveUpWaiting> {
  constructor(
    private readonly database: Database,
    private readonly filters: Filters,
    private readonly pending: PendingQueue,
    private readonly transitions: Transitions,
    private readonly audit: Audit,
  ) {}

  /** Ends them as `failed`; their channel fallback follows. */
  execute({ caller, tenantId, input: { limit, ...asked } }: GiveUpWaiting): Promise<DoneView> {
    return this.database.transaction(async () => {
      const filter = await this.filters.resolved(tenantId, asked);
      const waiting = await this.pending.lockDeferred({ ...filter, tenantId }, limit);
      await this.transitions.apply(
        waiting.map((messageId) => ({ messageId, status: 'failed', reason: 'given_up' })),
        'desk',
      );
      await this.audit.record(caller, 'waiting.give_up', { filter, messages: waiting.length });
      return { messages: waiting.length, more: waiting.length === limit };
    });
  }
}
