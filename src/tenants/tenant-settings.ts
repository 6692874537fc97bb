/** What messages and numbers of a tenant depend on. */
import type { ProviderChoices } from '../providers/index.js';
import { allowedOf, type AllowedCountries } from './addresses/allowed-countries.js';
import type { Channel } from './channels.js';
import type { AutoNumbers, Tenant } from './tenant.entity.js';
import type { TenantsConfig } from './tenants-config.js';

export interface TenantSettings extends ProviderChoices {
  readonly id: string;
  readonly timezone: string;
  /** The country of phone numbers without a country code. */
  readonly country: string | null;
  readonly currency: string;
  /** The channels, as `consentChannel` names them, on which even transactional messages need an opt-in. */
  readonly requireOptIn: readonly string[];
  /** Whether each message must name its venue. */
  readonly requireVenueId: boolean;
  /** Whether a template of marketing email must show the link to leave. */
  readonly requireUnsubscribeLink: boolean;
  /** Whether marketing by text must name its venue, and how to leave. */
  readonly requireIdentification: boolean;
  /** How many numbers it may rent. */
  readonly maxNumbers: number;
  /** Whose prices it is charged by. */
  readonly plan: string;
  /** Which are rented for venues that send their first text; null for none. */
  readonly autoNumbers: AutoNumbers | null;
  /** Where it sends to by number: of the platform's countries, its own. */
  readonly allowedCountries: AllowedCountries;
  sendsOn(channel: Channel): boolean;
}

/** A tenant's settings, within what the platform allows. */
export const settingsOf = (tenant: Tenant, platform: TenantsConfig): TenantSettings => ({
  id: tenant.id,
  timezone: tenant.timezone,
  country: tenant.country ?? null,
  currency: tenant.currency,
  requireOptIn: tenant.requireOptIn,
  requireVenueId: tenant.requireVenueId,
  requireUnsubscribeLink: tenant.requireUnsubscribeLink,
  requireIdentification: tenant.requireIdentification,
  maxNumbers: tenant.maxNumbers,
  plan: tenant.plan,
  autoNumbers: tenant.autoNumbers ?? null,
  allowedCountries: allowedOf(platform.allowedCountries, tenant.allowedCountries ?? null),
  defaultProviders: tenant.defaultProviders,
  marketingProviders: tenant.marketingProviders,
  sendsOn: (channel) => tenant.sendsOn(channel),
});
