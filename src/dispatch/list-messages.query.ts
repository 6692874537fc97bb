/** Pages through a tenant's messages, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../kernel/index.js';
import { SenderDirectory, normaliseAddress } from '../tenants/index.js';
import { MESSAGE_COLUMNS, messageView, type MessageRow } from './message.view.js';
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
    private readonly database: Database,
    private readonly senders: SenderDirectory,
  ) {}

  /** Raises InvalidCursor and InvalidAddress. A message's id holds the time it was accepted, so `since` and `until` bound ids. */
  async execute({ tenantId, filter }: ListMessages): Promise<Page<MessageView>> {
    const [before] = filter.cursor ? decodeCursor(filter.cursor, 1, isUuid) : [];
    const values: unknown[] = [];
    const conditions: string[] = [];
    const where = (condition: (place: string) => string, value: unknown): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    where((place) => `tenant_id = ${place}`, tenantId);
    where((place) => `id < ${place}::uuid`, before);
    where((place) => `id >= uuidv7_floor(${place}::timestamptz)`, filter.since);
    where((place) => `id < uuidv7_floor(${place}::timestamptz)`, filter.until);
    where((place) => `channel = ${place}`, filter.channel);
    where((place) => `status = ${place}`, filter.status);
    where((place) => `recipient = ${place}`, filter.to && (await this.recipient(tenantId, filter.to)));
    where((place) => `venue_id = ${place}`, filter.venueId);
    where((place) => `campaign_id = ${place}`, filter.campaignId);
    where((place) => `reference = ${place}`, filter.reference);
    const rows = await this.database.query<MessageRow>(
      `select ${MESSAGE_COLUMNS} from message where ${conditions.join(' and ')} order by id desc limit ${filter.limit + 1}`,
      values,
    );
    return pageOf(rows, filter.limit, ({ id }) => encodeCursor(id), messageView);
  }

  private async recipient(tenantId: string, address: string): Promise<string> {
    const { country } = await this.senders.tenant(tenantId);
    const plain = address.replace(/^ /, '+'); // a plus that was not URL-encoded arrives as a space
    return normaliseAddress(plain.includes('@') ? 'email' : 'sms', plain, country ?? undefined);
  }
}
