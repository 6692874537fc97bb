/** Pages through a tenant's suppressed addresses, by channel and address. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, pageOf, type Page } from '../../kernel/index.js';
import { consentChannel } from '../../tenants/index.js';
import { ConsentSubjects, channelOf } from '../consent-subject.js';
import type { SuppressionView, SuppressionsQuery } from './suppressions.dto.js';

export class ListSuppressions extends Query<Page<SuppressionView>> {
  constructor(
    readonly tenantId: string,
    readonly query: SuppressionsQuery,
  ) {
    super();
  }
}

interface Row extends Omit<SuppressionView, 'createdAt'> {
  readonly createdAt: string;
}

@QueryHandler(ListSuppressions)
export class ListSuppressionsHandler implements IQueryHandler<ListSuppressions> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
  ) {}

  /** Raises InvalidAddress and InvalidCursor. */
  async execute({ tenantId, query }: ListSuppressions): Promise<Page<SuppressionView>> {
    const { channel, limit, cursor } = query;
    const after = cursor ? decodeCursor(cursor, 2, (text) => !text.includes('\0')) : [null, null];
    const rows = await this.database.query<Row>(
      `select channel, address, reason, evidence, actor, created_at as "createdAt" from suppression
       where tenant_id = $1 and ($2::text is null or channel = $2) and ($3::text is null or address = $3)
         and ($4::text is null or (channel, address) > ($4, $5::text))
       order by channel, address limit $6`,
      [tenantId, channel ? consentChannel(channel) : null, await this.address(tenantId, query), ...after, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      (row) => encodeCursor(row.channel, row.address),
      (row) => ({ ...row, createdAt: iso(row.createdAt) }),
    );
  }

  private async address(tenantId: string, { channel, address }: SuppressionsQuery): Promise<string | null> {
    if (address === undefined) return null;
    const text = address.replace(/^ /, '+'); // a raw + in a query string reads as a space
    return this.subjects.address(tenantId, channel ?? channelOf(text), text);
  }
}
