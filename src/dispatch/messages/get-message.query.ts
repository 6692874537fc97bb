/** Reads one message with its whole timeline. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { iso } from '../../kernel/index.js';
import { MessageHistory } from '../../ledger/index.js';
import { MessageNotFound } from './messages.errors.js';
import { MessageViews } from './message.view.js';
import type { MessageWithEvents } from './messages.dto.js';

export class GetMessage extends Query<MessageWithEvents> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetMessage)
export class GetMessageHandler implements IQueryHandler<GetMessage> {
  constructor(
    private readonly history: MessageHistory,
    private readonly views: MessageViews,
  ) {}

  /** Raises MessageNotFound, also for another tenant's message. */
  async execute({ tenantId, id }: GetMessage): Promise<MessageWithEvents> {
    const row = await this.history.find(tenantId, id);
    if (!row) throw new MessageNotFound();
    const viewOf = await this.views.of([row]);
    return {
      ...viewOf(row),
      events: row.events.map(({ occurred_at: occurredAt, at, ...event }) => ({
        ...event,
        at: iso(at),
        occurredAt: iso(occurredAt),
      })),
    };
  }
}
