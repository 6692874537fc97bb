/** Pages through the messages in doubt, oldest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { MessageViews, OpenCalls } from '../dispatch/index.js';
import { decodeCursor, encodeCursor, iso, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import { Doubts } from '../ledger/index.js';
import type { DoubtView } from './operations-views.dto.js';

export class ListDoubts extends Query<Page<DoubtView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListDoubts)
export class ListDoubtsHandler implements IQueryHandler<ListDoubts> {
  constructor(
    private readonly doubts: Doubts,
    private readonly calls: OpenCalls,
    private readonly views: MessageViews,
  ) {}

  /** The next look is the retry of the call, if one is due; otherwise a query of the provider's list. Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListDoubts): Promise<Page<DoubtView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.doubts.page(tenantId, after, limit + 1);
    const [calls, viewOf] = await Promise.all([this.calls.looksAt(rows), this.views.of(rows)]);
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (row) => ({
        message: viewOf(row),
        tenantId: row.tenant_id,
        since: iso(row.since),
        looks: calls.get(row.id)?.looks ?? row.looks,
        nextLookAt: iso(calls.get(row.id)?.lookAt ?? row.look_at),
      }),
    );
  }
}
