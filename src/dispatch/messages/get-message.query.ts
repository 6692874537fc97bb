/** Reads one message with its whole timeline. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, iso } from '../../kernel/index.js';
import { MessageNotFound } from './messages.errors.js';
import { MESSAGE_COLUMNS, messageView, type MessageRow } from './message.view.js';
import type { MessageEventView, MessageWithEvents } from './messages.dto.js';

export class GetMessage extends Query<MessageWithEvents> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

interface EventRow extends Omit<MessageEventView, 'occurredAt'> {
  readonly occurred_at: string | null;
}

@QueryHandler(GetMessage)
export class GetMessageHandler implements IQueryHandler<GetMessage> {
  constructor(private readonly database: Database) {}

  /** Raises MessageNotFound, also for another tenant's message. */
  async execute({ tenantId, id }: GetMessage): Promise<MessageWithEvents> {
    const [row] = await this.database.query<MessageRow>(
      `select ${MESSAGE_COLUMNS} from message where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    if (!row) throw new MessageNotFound();
    const events = await this.database.query<EventRow>(
      // The bound spares older months; the clock of the process that made the id may have been ahead of the database's.
      `select kind, at, occurred_at, reason, code, source from message_event
       where message_id = $1 and at >= $2::timestamptz - interval '1 day' order by seq`,
      [id, row.created_at],
    );
    return {
      ...messageView(row),
      events: events.map(({ occurred_at: occurredAt, at, ...event }) => ({
        ...event,
        at: iso(at),
        occurredAt: iso(occurredAt),
      })),
    };
  }
}
