/** Pages through the ends of the audit log's chains. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  AuditChains,
  chainOf,
  decodeCursor,
  encodeCursor,
  isUuid,
  pageOf,
  type Page,
  type PageQuery,
} from '../kernel/index.js';
import type { AuditHeadView } from './audit.dto.js';

export class ListAuditHeads extends Query<Page<AuditHeadView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListAuditHeads)
export class ListAuditHeadsHandler implements IQueryHandler<ListAuditHeads> {
  constructor(private readonly chains: AuditChains) {}

  /** The platform’s first. Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListAuditHeads): Promise<Page<AuditHeadView>> {
    const [above] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const heads = await this.chains.heads(tenantId, above, limit + 1);
    return pageOf(
      heads,
      limit,
      (head) => encodeCursor(chainOf(head)),
      (head) => head,
    );
  }
}
