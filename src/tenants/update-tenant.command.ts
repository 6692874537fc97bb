/** Changes a tenant's name, place or switches. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { Tenant } from './tenant.entity.js';
import { tenantView } from './tenant.view.js';
import type { TenantView, UpdateSettingsBody, UpdateTenantBody } from './tenants.dto.js';
import { TenantNotFound } from './tenants.errors.js';
import { Venue } from './venue.entity.js';

export class UpdateTenant extends Command<TenantView> {
  constructor(
    readonly id: string,
    readonly changes: UpdateTenantBody & UpdateSettingsBody,
  ) {
    super();
  }
}

@CommandHandler(UpdateTenant)
export class UpdateTenantHandler implements ICommandHandler<UpdateTenant> {
  constructor(private readonly database: Database) {}

  /** Raises TenantNotFound. */
  execute({ id, changes: { requireOptIn, ...changes } }: UpdateTenant): Promise<TenantView> {
    return this.database.transaction(async (em) => {
      const tenant = await em.findOne(Tenant, { id });
      if (!tenant) throw new TenantNotFound();
      em.assign(tenant, Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)));
      const required = new Set(tenant.requireOptIn);
      for (const [channel, on] of Object.entries(requireOptIn ?? {})) {
        if (on) required.add(channel);
        else required.delete(channel);
      }
      tenant.requireOptIn = [...required].sort();
      await em.flush();
      const venue = await em.findOneOrFail(Venue, { tenantId: id, isDefault: true });
      return tenantView(tenant, venue.id);
    });
  }
}
