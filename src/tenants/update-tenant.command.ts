/** Changes a tenant's name, location or switches. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AdminKeyRequired, Database, lookingUp, type Principal } from '../kernel/index.js';
import type { ProviderChoice } from '../providers/index.js';
import { ProviderAccounts } from './provider-accounts/provider-accounts.js';
import { SenderDirectory } from './senders/sender-directory.js';
import { Tenant } from './tenant.entity.js';
import { tenantView } from './tenant.view.js';
import { TimeZones } from './time-zones.js';
import type { ProviderChoiceBody, TenantView, UpdateSettingsBody, UpdateTenantBody } from './tenants.dto.js';
import { TenantNotFound } from './tenants.errors.js';
import { Venue } from './venues/venue.entity.js';

export class UpdateTenant extends Command<TenantView> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
    readonly changes: UpdateTenantBody & UpdateSettingsBody,
  ) {
    super();
  }
}

@CommandHandler(UpdateTenant)
export class UpdateTenantHandler implements ICommandHandler<UpdateTenant> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly timeZones: TimeZones,
    private readonly accounts: ProviderAccounts,
  ) {}

  /**
   * Omitted fields stay. Raises TenantNotFound, also for a tenant other than the caller's, ProviderNotConfigured,
   * AdminKeyRequired for a plan, and InvalidRequest.
   */
  async execute({ caller, id, changes: { requireOptIn, ...given } }: UpdateTenant): Promise<TenantView> {
    const { defaultProviders, marketingProviders, autoNumbers, ...changes } = given;
    if (caller.kind === 'tenant' && caller.tenantId !== id) throw new TenantNotFound();
    // Nobody chooses what they pay.
    if (caller.kind === 'tenant' && changes.plan !== undefined) throw new AdminKeyRequired().at('plan');
    if (changes.timezone !== undefined) await this.timeZones.require(changes.timezone);
    return this.database.transaction(async (em) => {
      const tenant = await em.findOne(Tenant, { id });
      if (!tenant) throw new TenantNotFound();
      em.assign(tenant, givenOf(changes));
      if (autoNumbers !== undefined) tenant.autoNumbers = autoNumbers && { ...autoNumbers };
      tenant.defaultProviders = await this.chosen(tenant, 'defaultProviders', defaultProviders);
      tenant.marketingProviders = await this.chosen(tenant, 'marketingProviders', marketingProviders);
      const required = new Set(tenant.requireOptIn);
      for (const [channel, on] of Object.entries(givenOf(requireOptIn ?? {}))) {
        if (on) required.add(channel);
        else required.delete(channel);
      }
      tenant.requireOptIn = [...required].sort();
      await em.flush();
      await this.database.afterCommit(() => this.directory.forget());
      const venue = await em.findOneOrFail(Venue, { tenantId: id, isDefault: true });
      return tenantView(tenant, venue.id);
    });
  }

  /** A tenant's choice of providers with these changes. Raises ProviderNotConfigured. */
  private async chosen(
    tenant: Tenant,
    field: 'defaultProviders' | 'marketingProviders',
    changes: ProviderChoiceBody = {},
  ): Promise<ProviderChoice> {
    const merged = Object.entries({ ...tenant[field], ...givenOf(changes) });
    for (const [channel, provider] of Object.entries(givenOf(changes)))
      if (provider !== null) await lookingUp(`${field}.${channel}`, this.accounts.idFor(tenant.id, provider));
    return Object.fromEntries(merged.filter(([, provider]) => provider !== null));
  }
}

/** The fields that were given. */
const givenOf = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
