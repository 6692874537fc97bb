/** A tenant as the API shows it. */
import { iso } from '../kernel/index.js';
import type { ProviderChoice } from '../providers/index.js';
import type { Tenant } from './tenant.entity.js';
import type { ProviderChoiceView, TenantView } from './tenants.dto.js';

const choiceView = ({ email, sms }: ProviderChoice): ProviderChoiceView => ({ email: email ?? null, sms: sms ?? null });

/** Without its region, which is that of the deployment: nothing in its rows says so. */
export type UnplacedTenant = Omit<TenantView, 'region'>;

export function tenantView(tenant: Tenant, defaultVenueId: string): UnplacedTenant {
  const requires = (channel: string): boolean => tenant.requireOptIn.includes(channel);
  const { id, name, slug, timezone, currency, country = null } = tenant;
  return {
    id,
    name,
    slug,
    timezone,
    currency,
    country,
    defaultVenueId,
    settings: {
      emailEnabled: tenant.emailEnabled,
      smsEnabled: tenant.smsEnabled,
      whatsappEnabled: tenant.whatsappEnabled,
      voiceEnabled: tenant.voiceEnabled,
      requireOptIn: {
        email: requires('email'),
        sms: requires('sms'),
        whatsapp: requires('whatsapp'),
        voice: requires('voice'),
      },
      requireVenueId: tenant.requireVenueId,
      requireUnsubscribeLink: tenant.requireUnsubscribeLink,
      requireIdentification: tenant.requireIdentification,
      maxNumbers: tenant.maxNumbers,
      plan: tenant.plan,
      requestsPerMinute: tenant.requestsPerMinute,
      autoNumbers: tenant.autoNumbers ?? null,
      defaultProviders: choiceView(tenant.defaultProviders),
      marketingProviders: choiceView(tenant.marketingProviders),
      giveUpDoubts: tenant.giveUpDoubts,
      retryUncertain: tenant.retryUncertain,
      linkHosts: tenant.linkHosts,
      linkCategories: tenant.linkCategories,
      quietHours: tenant.quietHours ?? null,
      retention: tenant.retention ?? null,
      campaignApprovalFrom: tenant.campaignApprovalFrom ?? null,
      allowedCountries: tenant.allowedCountries ?? null,
    },
    createdAt: iso(tenant.createdAt),
  };
}
