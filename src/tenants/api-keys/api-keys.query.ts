/** Pages through a tenant's API keys, including revoked ones. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import {
  CONFIG,
  Database,
  decodeCursor,
  encodeCursor,
  iso,
  isUuid,
  pageOf,
  type Page,
  type PageQuery,
  type ReadyConfig,
} from '../../kernel/index.js';
import { ApiKey } from './api-key.entity.js';
import type { ApiKeyView } from './api-keys.dto.js';
import { Tenant } from '../tenant.entity.js';
import { TenantNotFound } from '../tenants.errors.js';

export class ListApiKeys extends Query<Page<ApiKeyView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListApiKeys)
export class ListApiKeysHandler implements IQueryHandler<ListApiKeys> {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: ReadyConfig,
  ) {}

  /** Raises TenantNotFound. */
  async execute({ tenantId, page: { limit, cursor } }: ListApiKeys): Promise<Page<ApiKeyView>> {
    const em = this.database.em();
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    if ((await em.count(Tenant, { id: tenantId })) === 0) throw new TenantNotFound();
    const rows = await em.find(
      ApiKey,
      { tenantId, ...(after && { id: { $gt: after } }) },
      { orderBy: { id: 'asc' }, limit: limit + 1 },
    );
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      ({ id, name, scopes, createdBy, networks, requestsPerMinute, replaces, ...times }) => ({
        id,
        name,
        mode: this.config.mode,
        scopes,
        createdBy,
        expiresAt: iso(times.expiresAt),
        networks,
        requestsPerMinute,
        replaces: replaces ?? null,
        createdAt: iso(times.createdAt),
        lastUsedAt: iso(times.lastUsedAt),
        revokedAt: iso(times.revokedAt),
      }),
    );
  }
}
