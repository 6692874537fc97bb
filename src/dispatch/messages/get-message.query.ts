/** Reads one message with its whole timeline. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { iso } from '../../kernel/index.js';
import { MessageHistory } from '../../ledger/index.js';
import { MessageNotFound } from './messages.errors.js';
import { messageView } from './message.view.js';
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
  constructor(private readonly history: MessageHistory) {}

  /** Raises MessageNotFound, also for another tenant's message. */
  async execute({ tenantId, id }: GetMessage): Promise<MessageWithEvents> {
    const row = await this.history.find(tenantId, id);
    if (!row) throw new MessageNotFound();
    return {
      ...messageView(row),
      events: row.events.map(({ occurred_at: occurredAt, at, ...event }) => ({
        ...event,
        at: iso(at),
        occurredAt: iso(occurredAt),
      })),
    };
  }
}
