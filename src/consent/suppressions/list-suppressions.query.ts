/** Pages through a tenant's suppressed addresses, by channel and address. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, iso, pageOf, type Page } from '../../kernel/index.js';
import { ConsentSubjects, channelOf } from '../consent-subject.js';
import { Suppressions, type SuppressionPlace, type SuppressionRow } from './suppressions.js';
import type { SuppressionView, SuppressionsQuery } from './suppressions.dto.js';

export class ListSuppressions extends Query<Page<SuppressionView>> {
  constructor(
    readonly tenantId: string,
    readonly query: SuppressionsQuery,
  ) {
    super();
  }
}

@QueryHandler(ListSuppressions)
export class ListSuppressionsHandler implements IQueryHandler<ListSuppressions> {
  constructor(
    private readonly suppressions: Suppressions,
    private readonly subjects: ConsentSubjects,
  ) {}

  /** Raises InvalidAddress and InvalidCursor. */
  async execute({ tenantId, query }: ListSuppressions): Promise<Page<SuppressionView>> {
    const { channel, limit, cursor } = query;
    const place = cursor
      ? (decodeCursor(cursor, 2, (text) => !text.includes('\0')) as unknown as SuppressionPlace)
      : undefined;
    const address = await this.address(tenantId, query);
    const rows = await this.suppressions.after({ tenantId, channel, address }, place, limit + 1);
    return pageOf(rows, limit, (row) => encodeCursor(row.channel, row.address), suppressionView);
  }

  private async address(tenantId: string, { channel, address }: SuppressionsQuery): Promise<string | undefined> {
    if (address === undefined) return undefined;
    const text = address.replace(/^ /, '+'); // a raw + in a query string reads as a space
    return this.subjects.address(tenantId, channel ?? channelOf(text), text);
  }
}

export const suppressionView = ({ createdAt, expiresAt, ...row }: SuppressionRow): SuppressionView => ({
  ...row,
  createdAt: iso(createdAt),
  expiresAt: expiresAt === null ? null : iso(expiresAt),
});
