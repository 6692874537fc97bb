/** Pages through the reports of providers that are not applied yet, oldest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, iso, isUuid, pageOf, type Page } from '../kernel/index.js';
import { Inbox } from './inbox.js';
import type { InboxEventView, ListInboxQuery } from './inbox.dto.js';

export class ListInbox extends Query<Page<InboxEventView>> {
  constructor(readonly asked: ListInboxQuery) {
    super();
  }
}

@QueryHandler(ListInbox)
export class ListInboxHandler implements IQueryHandler<ListInbox> {
  constructor(private readonly inbox: Inbox) {}

  /** Raises InvalidCursor. */
  async execute({ asked: { limit, cursor, provider } }: ListInbox): Promise<Page<InboxEventView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.inbox.unapplied(provider, after, limit + 1);
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      ({ message_id: messageId, received_at: receivedAt, look_again_at: lookAgainAt, ...row }) => ({
        ...row,
        messageId,
        receivedAt: iso(receivedAt),
        lookAgainAt: iso(lookAgainAt),
      }),
    );
  }
}
