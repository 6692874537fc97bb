/** Changes a tenant's name, location or switches. */
import { isDeepStrictEqual } from 'node:util';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AdminKeyRequired, Database, InvalidRequest, lookingUp, type Principal } from '../kernel/index.js';
import type { ProviderChoice } from '../providers/index.js';
import { ProviderAccounts } from './provider-accounts/provider-accounts.js';
import { QuietHoursChanges } from './quiet-hours-changes.js';
import type { QuietHours } from './quiet-hours.dto.js';
import { SenderDirectory } from './senders/sender-directory.js';
import { Tenant } from './tenant.entity.js';
import { tenantView, type UnplacedTenant } from './tenant.view.js';
import { TimeZones } from './time-zones.js';
import type { ProviderChoiceBody, UpdateSettingsBody, UpdateTenantBody } from './tenants.dto.js';
import { TenantNotFound } from './tenants.errors.js';
import { Venue } from './venues/venue.entity.js';

export class UpdateTenant extends Command<UnplacedTenant> {
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
    private readonly quietChanges: QuietHoursChanges,
  ) {}

  /**
   * Omitted fields stay. Raises TenantNotFound, also for a tenant other than the caller's, ProviderNotConfigured,
   * AdminKeyRequired for a plan or limits, and InvalidRequest.
   */
  async execute({ caller, id, changes: { requireOptIn, ...given } }: UpdateTenant): Promise<UnplacedTenant> {
    const { defaultProviders, marketingProviders, autoNumbers, requestsPerMinute, quietHours, retention, ...changes } =
      given;
    if (quietHours) requireSpans(quietHours);
    if (caller.kind === 'tenant' && caller.tenantId !== id) throw new TenantNotFound();
    // Nobody chooses what they pay.
    if (caller.kind === 'tenant' && changes.plan !== undefined) throw new AdminKeyRequired().at('plan');
    if (caller.kind === 'tenant' && requestsPerMinute) throw new AdminKeyRequired().at('requestsPerMinute');
    if (changes.timezone !== undefined) await this.timeZones.require(changes.timezone);
    return this.database.transaction(async (em) => {
      const tenant = await em.findOne(Tenant, { id });
      if (!tenant) throw new TenantNotFound();
      const before = quietOf(tenant);
      em.assign(tenant, givenOf(changes));
      if (requestsPerMinute) tenant.requestsPerMinute = givenOf(requestsPerMinute);
      if (autoNumbers !== undefined) tenant.autoNumbers = autoNumbers && { ...autoNumbers };
      if (quietHours !== undefined) tenant.quietHours = quietHours;
      if (retention !== undefined) tenant.retention = retention;
      tenant.defaultProviders = await this.chosen(tenant, 'defaultProviders', defaultProviders);
      tenant.marketingProviders = await this.chosen(tenant, 'marketingProviders', marketingProviders);
      const required = new Set(tenant.requireOptIn);
      for (const [channel, on] of Object.entries(givenOf(requireOptIn ?? {}))) {
        if (on) required.add(channel);
        else required.delete(channel);
      }
      tenant.requireOptIn = [...required].sort();
      await em.flush();
      if (!isDeepStrictEqual(before, quietOf(tenant))) await this.quietChanges.note(id);
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

/** What says when a tenant's marketing may go: its own zone too, which is that of email. */
const quietOf = ({ quietHours, timezone }: Tenant): object | null => (quietHours ? { ...quietHours, timezone } : null);

/** Raises InvalidRequest for hours that end before they begin. */
function requireSpans({ hours, countries }: QuietHours): void {
  const all = [hours, ...countries.map((country) => country.hours)].flat();
  const wrong = all.find(({ from, to }) => to <= from);
  if (!wrong) return;
  const message = `hours must end after they begin, on the same day: ${wrong.from} to ${wrong.to} do not. Hours over midnight are two`;
  throw new InvalidRequest([{ path: 'quietHours', message }]);
}

/** The fields that were given. */
const givenOf = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
