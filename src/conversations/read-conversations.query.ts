/** Reads conversations: who wrote, and what both have said. */
import { Query, QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { checking, decodeCursor, encodeCursor, instant, iso, isUuid, pageOf, type Page } from '../kernel/index.js';
import { GetMessageContent } from '../dispatch/index.js';
import { MessageHistory, type MessageRow } from '../ledger/index.js';
import { normaliseAddress, SenderDirectory } from '../tenants/index.js';
import { isAutomatic } from './automatic.js';
import { channelsOf, type ConversationRow } from './conversation-row.js';
import { conversationView, receivedView } from './conversation.view.js';
import { Conversations } from './conversations.js';
import type { ConversationMessageView, ConversationView, ListConversationsQuery } from './conversations.dto.js';

export class ListConversations extends Query<Page<ConversationView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListConversationsQuery,
  ) {
    super();
  }
}

export class GetConversation extends Query<ConversationView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListConversationMessages extends Query<Page<ConversationMessageView>> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly asked: { readonly limit: number; readonly cursor?: string | undefined },
  ) {
    super();
  }
}

@QueryHandler(ListConversations)
export class ListConversationsHandler implements IQueryHandler<ListConversations> {
  constructor(
    private readonly conversations: Conversations,
    private readonly senders: SenderDirectory,
  ) {}

  /** Those who wrote last first. Raises InvalidCursor and InvalidAddress. */
  async execute({ tenantId, filter }: ListConversations): Promise<Page<ConversationView>> {
    const { limit, cursor, channel, unread = false } = filter;
    const [lastReceivedAt, id] = cursor ? decodeCursor(cursor, 2, isPlace) : [];
    const venueId = await this.senders.venueInFilter(tenantId, filter.venueId);
    const person = filter.person === undefined ? undefined : await this.numberOf(tenantId, filter.person);
    const after = lastReceivedAt !== undefined && id !== undefined ? { lastReceivedAt, id } : undefined;
    const rows = await this.conversations.page(tenantId, { venueId, channel, person, isUnread: unread, after }, limit);
    return pageOf(rows, limit, (row) => encodeCursor(row.last_received_at, row.id), conversationView);
  }

  private async numberOf(tenantId: string, person: string): Promise<string> {
    const { country } = await this.senders.tenant(tenantId);
    // An unescaped `+` in the URL arrives as a space.
    return checking('person', () => normaliseAddress('sms', person.replace(/^ /, '+'), country ?? undefined));
  }
}

/** A time and an id. */
const isPlace = (value: string, index: number): boolean =>
  index === 0 ? !Number.isNaN(instant(value).getTime()) : isUuid(value);

@QueryHandler(GetConversation)
export class GetConversationHandler implements IQueryHandler<GetConversation> {
  constructor(private readonly conversations: Conversations) {}

  /** Raises ConversationNotFound. */
  async execute({ tenantId, id }: GetConversation): Promise<ConversationView> {
    return conversationView(await this.conversations.find(tenantId, id));
  }
}

@QueryHandler(ListConversationMessages)
export class ListConversationMessagesHandler implements IQueryHandler<ListConversationMessages> {
  constructor(
    private readonly conversations: Conversations,
    private readonly history: MessageHistory,
    private readonly queries: QueryBus,
  ) {}

  /** Both directions, newest first: their ids are in the order of their times. Raises ConversationNotFound and InvalidCursor. */
  async execute({ tenantId, id, asked }: ListConversationMessages): Promise<Page<ConversationMessageView>> {
    const { limit, cursor } = asked;
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const conversation = await this.conversations.find(tenantId, id);
    const received = await this.conversations.received(id, before, limit);
    const sent = await this.sent(tenantId, conversation, before, limit);
    const all = [...received.map(receivedView), ...sent.rows.map(sentView)]
      .filter((message) => message.id > (sent.lookedTo ?? ''))
      .toSorted((one, other) => (one.id < other.id ? 1 : -1));
    const page = pageOf(
      all,
      limit,
      (message) => encodeCursor(message.id),
      (message) => message,
    );
    const items = await Promise.all(page.items.map((message) => this.withText(tenantId, message)));
    const next = page.nextCursor ?? (sent.lookedTo === undefined ? null : encodeCursor(sent.lookedTo));
    return { items, nextCursor: next };
  }

  /** The venue's messages to the person. `lookedTo`: it has seen all that are newer, and there may be older ones. */
  private async sent(
    tenantId: string,
    { venue_id: venueId, channel, person: recipient }: ConversationRow,
    before: string | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly MessageRow[]; readonly lookedTo: string | undefined }> {
    const pages = await Promise.all(
      channelsOf(channel).map((each) =>
        this.history.page(tenantId, { channel: each, venueId, recipient, before }, limit),
      ),
    );
    const looked = pages.flatMap(({ rows, lookedTo }) => (rows.length <= limit && lookedTo !== null ? [lookedTo] : []));
    return { rows: pages.flatMap(({ rows }) => rows), lookedTo: looked.toSorted().at(-1) };
  }

  private async withText(tenantId: string, message: ConversationMessageView): Promise<ConversationMessageView> {
    if (message.direction === 'inbound') return message;
    const { content } = await this.queries.execute(new GetMessageContent(tenantId, message.id));
    return { ...message, text: content?.body ?? null };
  }
}

const sentView = ({
  id,
  channel,
  created_at: createdAt,
  status,
  message_type: messageType,
}: MessageRow): ConversationMessageView => ({
  id,
  direction: 'outbound',
  channel,
  at: iso(createdAt),
  text: null,
  status,
  keyword: null,
  isAutomatic: isAutomatic(messageType),
  media: [],
});
