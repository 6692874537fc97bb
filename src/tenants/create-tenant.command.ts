/** Creates a tenant, with the default venue for messages that name none. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, violatedUnique } from '../kernel/index.js';
import { Tenant } from './tenant.entity.js';
import { SlugTaken } from './tenants.errors.js';
import type { CreateTenantBody } from './tenants.dto.js';
import { tenantView, type UnplacedTenant } from './tenant.view.js';
import { TimeZones } from './time-zones.js';
import { Venue } from './venues/venue.entity.js';

export class CreateTenant extends Command<UnplacedTenant> {
  /** `id`: of the tenant that it stands for in test mode; a new one, if it is absent. */
  constructor(
    readonly input: CreateTenantBody,
    readonly id?: string,
  ) {
    super();
  }
}

@CommandHandler(CreateTenant)
export class CreateTenantHandler implements ICommandHandler<CreateTenant> {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** Raises SlugTaken and InvalidRequest. */
  async execute({ input, id }: CreateTenant): Promise<UnplacedTenant> {
    await this.timeZones.require(input.timezone);
    try {
      return await this.database.transaction(async (em) => {
        const { name, slug, timezone, currency, country = null } = input;
        const tenant = em.create(Tenant, { ...(id !== undefined && { id }), name, slug, timezone, currency, country });
        await em.flush();
        const venue = em.create(Venue, { tenantId: tenant.id, name, externalId: null, isDefault: true });
        await em.flush();
        return tenantView(tenant, venue.id);
      });
    } catch (error) {
      if (violatedUnique(error) === 'tenant_slug_unique') throw new SlugTaken();
      throw error;
    }
  }
}
