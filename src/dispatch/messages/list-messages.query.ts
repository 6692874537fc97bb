/** Pages through a tenant's messages, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, SqlValues, type Page } from '../../kernel/index.js';
import { SenderDirectory, normaliseAddress } from '../../tenants/index.js';
import { MESSAGE_COLUMNS, messageView, type MessageRow } from './message.view.js';
import type { ListMessagesQuery, MessageView } from './messages.dto.js';

/** Messages that one page looks at where few or none are what is asked for: no page reads a tenant's whole history. */
const LOOKS_AT = 20_000;

/** A row of the page beside how far it looked; only the latter where nothing was found. */
type FoundRow = (MessageRow | { readonly id: null }) & { readonly looked_to: string | null };

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

  /**
   * A page that has looked at many messages without filling itself ends there, with the place to look on from: it may be empty and
   * yet not the last. Raises InvalidCursor and InvalidAddress.
   */
  async execute({ tenantId, filter }: ListMessages): Promise<Page<MessageView>> {
    const [before] = filter.cursor ? decodeCursor(filter.cursor, 1, isUuid) : [];
    const recipient = filter.to && (await this.recipient(tenantId, filter.to));
    const values = new SqlValues();
    // An index leads to these in order; a message's id holds the time it was accepted, so times bound ids.
    const span = values.all([
      [(place) => `tenant_id = ${place}`, tenantId],
      [(place) => `id < ${place}::uuid`, before],
      [(place) => `id >= uuidv7_floor(${place}::timestamptz)`, filter.since],
      [(place) => `id < uuidv7_floor(${place}::timestamptz)`, filter.until],
      [(place) => `recipient = ${place}`, recipient],
      [(place) => `reference = ${place}`, filter.reference],
      [madeFor, filter.campaignId],
    ]);
    const asked = values.all([
      [(place) => `channel = ${place}`, filter.channel],
      [(place) => `status = ${place}`, filter.status],
      [(place) => `venue_id = ${place}`, filter.venueId],
      [(place) => `campaign_id = ${place}`, filter.campaignId],
    ]);
    const found = await this.database.query<FoundRow>(pageSql(span, asked, filter.limit), values.list);
    const rows = found.filter((row): row is MessageRow & FoundRow => row.id !== null);
    const page = pageOf(rows, filter.limit, ({ id }) => encodeCursor(id), messageView);
    const lookedTo = found[0]?.looked_to ?? null;
    return page.nextCursor === null && lookedTo !== null ? { ...page, nextCursor: encodeCursor(lookedTo) } : page;
  }

  private async recipient(tenantId: string, address: string): Promise<string> {
    const { country } = await this.senders.tenant(tenantId);
    const plain = address.replace(/^ /, '+'); // a plus that was not URL-encoded arrives as a space
    return normaliseAddress(plain.includes('@') ? 'email' : 'sms', plain, country ?? undefined);
  }
}

/** A campaign's messages were all accepted while it was frozen: nothing outside that time needs a look. By its database's clock. */
const madeFor = (campaign: string): string => `
  id >= (select uuidv7_floor(opened_at - interval '1 minute') from campaign_flow where campaign_id = ${campaign}::uuid)
  and id < (select uuidv7_floor(coalesce(complete_at, now()) + interval '1 minute') from campaign_flow
    where campaign_id = ${campaign}::uuid)`;

/** One row more than the page holds, if there is one; and if not, the last message of the span that was looked at. */
const pageSql = (span: string, asked: string, limit: number): string => `
  with page as materialized (
    select * from (
      select ${MESSAGE_COLUMNS} from message where ${span} order by id desc ${asked && `limit ${LOOKS_AT}`}) as looked
    ${asked && `where ${asked}`}
    order by id desc limit ${limit + 1}
  )
  select page.*, end_of_look.id as looked_to
  from (values (1)) as one
  left join page on true
  left join (
    select id from message
    where ${span} and ${asked ? `(select count(*) from page) <= ${limit}` : 'false'}
    order by id desc offset ${LOOKS_AT - 1} limit 1) as end_of_look on true
  order by page.id desc`;
