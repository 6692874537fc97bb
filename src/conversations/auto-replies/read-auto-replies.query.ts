/** Reads automatic replies. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { autoReplyView, type AutoReplyView, type ListAutoRepliesQuery } from './auto-replies.dto.js';
import { AutoReplyStore } from './auto-reply-store.js';
import { AutoReplyRows } from './save-auto-reply.command.js';

export class ListAutoReplies extends Query<Page<AutoReplyView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListAutoRepliesQuery,
  ) {
    super();
  }
}

export class GetAutoReply extends Query<AutoReplyView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(ListAutoReplies)
export class ListAutoRepliesHandler implements IQueryHandler<ListAutoReplies> {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly replies: AutoReplyStore,
  ) {}

  /** Oldest first. Raises InvalidCursor. */
  async execute({ tenantId, filter: { venueId, limit, cursor } }: ListAutoReplies): Promise<Page<AutoReplyView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const venue = await this.senders.venueInFilter(tenantId, venueId);
    const rows = await this.replies.page(tenantId, venue, after, limit);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), autoReplyView);
  }
}

@QueryHandler(GetAutoReply)
export class GetAutoReplyHandler implements IQueryHandler<GetAutoReply> {
  constructor(private readonly rows: AutoReplyRows) {}

  /** Raises AutoReplyNotFound. */
  async execute({ tenantId, id }: GetAutoReply): Promise<AutoReplyView> {
    return autoReplyView(await this.rows.found(tenantId, id));
  }
}
