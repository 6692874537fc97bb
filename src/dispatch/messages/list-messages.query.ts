/** Pages through a tenant's messages, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { checking, decodeCursor, encodeCursor, isUuid, pageOf, Replica, type Page } from '../../kernel/index.js';
import { MessageHistory } from '../../ledger/index.js';
import { SenderDirectory, normaliseAddress } from '../../tenants/index.js';
import { MessageViews } from './message.view.js';
import type { ListMessagesQuery, MessageView } from './messages.dto.js';

export class ListMessages extends Query<Page<MessageView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListMessagesQuery,
  ) {
    super();
  }
}

@QueryHandler(ListMessages)
export class ListMessagesHandler implements IQueryHandler<ListMessages> {
  constructor(
    private readonly history: MessageHistory,
    private readonly senders: SenderDirectory,
    private readonly views: MessageViews,
    private readonly replica: Replica,
  ) {}

  /**
   * A page that reaches the scan limit ends there, with the position to continue from: it may be empty and not the last. Raises
   * InvalidCursor and InvalidAddress.
   */
  async execute({ tenantId, filter: { cursor, to, limit, ...filter } }: ListMessages): Promise<Page<MessageView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const recipient = to && (await this.recipient(tenantId, to));
    const venueId = await this.senders.venueInFilter(tenantId, filter.venueId);
    const { rows, lookedTo } = await this.replica.read(() =>
      this.history.page(tenantId, { ...filter, venueId, before, recipient }, limit),
    );
    const page = pageOf(rows, limit, ({ id }) => encodeCursor(id), await this.views.of(rows));
    return page.nextCursor === null && lookedTo !== null ? { ...page, nextCursor: encodeCursor(lookedTo) } : page;
  }

  private async recipient(tenantId: string, address: string): Promise<string> {
    const { country } = await this.senders.tenant(tenantId);
    const plain = address.replace(/^ /, '+'); // a plus that was not URL-encoded arrives as a space
    const kind = plain.includes('@') ? 'email' : 'sms';
    return checking('to', () => normaliseAddress(kind, plain, country ?? undefined));
  }
}
