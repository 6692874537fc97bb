/** Reads one tenant. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, type Principal } from '../kernel/index.js';
import { Tenant } from './tenant.entity.js';
import { tenantView, type UnplacedTenant } from './tenant.view.js';
import { TenantNotFound } from './tenants.errors.js';
import { Venue } from './venues/venue.entity.js';

export class GetTenant extends Query<UnplacedTenant> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetTenant)
export class GetTenantHandler implements IQueryHandler<GetTenant> {
  constructor(private readonly database: Database) {}

  /** Raises TenantNotFound, also for a tenant other than the caller's. */
  async execute({ caller, id }: GetTenant): Promise<UnplacedTenant> {
    if (caller.kind === 'tenant' && caller.tenantId !== id) throw new TenantNotFound();
    const em = this.database.em();
    const tenant = await em.findOne(Tenant, { id });
    if (!tenant) throw new TenantNotFound();
    const venue = await em.findOneOrFail(Venue, { tenantId: id, isDefault: true });
    return tenantView(tenant, venue.id);
  }
}
