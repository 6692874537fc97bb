/** Pages through the audit log, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  Audit,
  decodeCursor,
  encodeCursor,
  isUuid,
  pageOf,
  Replica,
  type AuditFilter,
  type AuditRecord,
  type Page,
} from '../kernel/index.js';
import { UserNames } from '../users/index.js';
import type { AuditFilterQuery, AuditView, ListAuditQuery } from './audit.dto.js';

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
    private readonly names: UserNames,
  ) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, filter }: ListAudit): Promise<Page<AuditView>> {
    const { limit, cursor } = filter;
    const [below] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const records = await this.replica.read(() => this.audit.page(filterOf(tenantId, filter), below, limit + 1));
    const names = await this.names.of(records.map(({ actor }) => actor));
    return pageOf(
      records,
      limit,
      ({ id }) => encodeCursor(id),
      (record) => ({ ...auditView(record), actorName: names.get(record.actor) ?? null }),
    );
  }
}

/** What a query asks for; undefined means all tenants. */
export const filterOf = (tenantId: string | undefined, asked: AuditFilterQuery): AuditFilter => ({
  tenantId,
  action: asked.action,
  actor: asked.actor,
  objectKind: asked.object,
  objectId: asked.objectId,
  since: asked.since,
  until: asked.until,
});

const auditView = (record: AuditRecord): Omit<AuditView, 'actorName'> => ({
  ...record,
  at: new Date(record.at).toISOString(),
});
