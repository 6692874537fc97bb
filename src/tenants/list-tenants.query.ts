/** Pages through all tenants, or finds one by its slug. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../kernel/index.js';
import { Tenant } from './tenant.entity.js';
import { tenantView, type UnplacedTenant } from './tenant.view.js';
import type { ListTenantsQuery } from './tenants.dto.js';
import { Venue } from './venues/venue.entity.js';

export class ListTenants extends Query<Page<UnplacedTenant>> {
  constructor(readonly asked: ListTenantsQuery) {
    super();
  }
}

@QueryHandler(ListTenants)
export class ListTenantsHandler implements IQueryHandler<ListTenants> {
  constructor(private readonly database: Database) {}

  async execute({ asked: { limit, cursor, slug } }: ListTenants): Promise<Page<UnplacedTenant>> {
    const em = this.database.em();
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await em.find(
      Tenant,
      { ...(after && { id: { $gt: after } }), ...(slug !== undefined && { slug }) },
      {
        orderBy: { id: 'asc' },
        limit: limit + 1,
      },
    );
    const venues = await em.find(Venue, { tenantId: { $in: rows.map(({ id }) => id) }, isDefault: true });
    const defaultVenues = new Map(venues.map(({ tenantId, id }) => [tenantId, id]));
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (tenant) => tenantView(tenant, defaultVenues.get(tenant.id) ?? ''),
    );
  }
}
