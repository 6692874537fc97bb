/** Pages through the record of what people did, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, isUuid, pageOf, SqlValues, type Page } from '../kernel/index.js';
import type { AuditView } from './desk-views.dto.js';
import type { ListAuditQuery } from './desk.dto.js';

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
  constructor(private readonly database: Database) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, filter: { limit, cursor, action } }: ListAudit): Promise<Page<AuditView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const values = new SqlValues();
    const asked = values.all([
      [(place) => `tenant_id = ${place}`, tenantId],
      [(place) => `id < ${place}::uuid`, before],
      [(place) => `action = ${place}`, action],
    ]);
    const rows = await this.database.query<AuditView>(
      `select id, at, actor, tenant_id as "tenantId", action, details from audit_event
       ${asked && `where ${asked}`} order by id desc limit ${limit + 1}`,
      values.list,
    );
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (row) => ({ ...row, at: iso(row.at) }),
    );
  }
}
