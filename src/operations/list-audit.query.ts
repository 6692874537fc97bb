/** Pages through the audit log, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Audit, decodeCursor, encodeCursor, iso, isUuid, pageOf, Replica, type Page } from '../kernel/index.js';
import type { AuditView } from './operations-views.dto.js';
import type { ListAuditQuery } from './operations.dto.js';

export class ListAudit extends Query<Page<AuditView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly filter: ListAuditQuery,
  ) {
    super();
  }
}

@QueryHandler(ListAudit)
export class ListAuditHandler implements IQueryHandler<ListAudit> {
  constructor(
    private readonly audit: Audit,
    private readonly replica: Replica,
  ) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, filter: { limit, cursor, ...asked } }: ListAudit): Promise<Page<AuditView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const { action, actor, object: objectKind, objectId } = asked;
    const wanted = { tenantId, action, actor, objectKind, objectId, before };
    const records = await this.replica.read(() => this.audit.page(wanted, limit + 1));
    return pageOf(
      records,
      limit,
      ({ id }) => encodeCursor(id),
      (record) => ({ ...record, at: iso(record.at) }),
    );
  }
}
