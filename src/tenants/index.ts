/** The public API of tenants: customers, and their senders. */
import { ApiKey } from './api-keys/api-key.entity.js';
import { ProviderAccount } from './provider-accounts/provider-account.entity.js';
import { Sender } from './senders/sender.entity.js';
import { Tenant } from './tenant.entity.js';
import { Venue } from './venues/venue.entity.js';

export { countryOf, normaliseAddress, normaliseSenderAddress, writersAddress } from './addresses/addresses.js';
export { allowedOf, countryOfRecipient, isAllowed, type AllowedCountries } from './addresses/allowed-countries.js';
export { isWhatsAppUserId } from './addresses/whatsapp-user-id.js';
export { ADDRESS_PROBLEMS, AmbiguousAddress, InvalidAddress, type AddressFault } from './addresses/addresses.errors.js';
export * from './channels.js';
export { CreateTenant } from './create-tenant.command.js';
export { CreateProviderAccount } from './provider-accounts/provider-accounts.command.js';
export { CreateTenantBody } from './tenants.dto.js';
export { TENANT } from './tenants.audit.js';
export { CredentialsReplaced } from './provider-accounts/credentials-replaced.event.js';
export { FailoverSenders, type Fallback } from './senders/failover-senders.js';
export { ProviderAccounts, type ProviderAccountSecrets } from './provider-accounts/provider-accounts.js';
export { ReencryptCredentials } from './provider-accounts/reencrypt-credentials.command.js';
export { CreateSender, UpdateSender } from './senders/senders.command.js';
export { SenderChanged } from './senders/sender-changed.event.js';
export { SenderDirectory, type NumberHolder, type SenderRoute } from './senders/sender-directory.js';
export type { TenantSettings } from './tenant-settings.js';
export { platformVoice, usualProvider, type PlatformVoice } from './senders/provider-choice.js';
export { EndingKeys, type EndingKey } from './api-keys/ending-keys.js';
export { KeyAuthenticator } from './api-keys/key-authenticator.js';
export { Scope, SCOPES } from './api-keys/scopes.js';
export { TimeZone } from './tenants.fields.js';
export * from './tenants.errors.js';
export {
  APPROVING_TENANTS,
  BILLED_TENANTS,
  FORWARDING_VENUES,
  KEY_SUCCESSIONS,
  LINKING_TENANTS,
  OWN_ACCOUNTS,
  PLATFORM_ACCOUNTS,
  SENDERS,
  TENANT_MARKETS,
  NAMED_TENANTS,
  TENANT_ZONES,
  TENANTS,
  VENUES,
  WHATSAPP_ACCOUNTS,
} from './tenants.sql.js';
export { erasedAddress, isErased } from './addresses/erased-addresses.js';
export { inClosedCountry } from './addresses/closed-countries.js';
export { countryOfStart, diallingCode, NUMBER_START, startOf } from './addresses/number-starts.js';
export { zoneOfCountry, zonesOfNumber } from './addresses/zone-of-country.js';
export { QUIET_HOURS_CHANGES, QuietHoursChanges, type QuietHoursChange } from './quiet-hours-changes.js';
export { WEEKDAYS, type QuietHours, type SendingHours, type Weekday } from './quiet-hours.dto.js';
export { senderTypeOf, type SenderType, SENDER_TYPES } from './addresses/sender-types.js';
export { awaitedOrder, shownAddress, waitingAddress } from './waiting-address.js';
export { VenueSenders } from './senders/venue-senders.js';
export { canonicalZone, TimeZones } from './time-zones.js';
export { Retention, RETENTION_KINDS, type RetentionKind } from './retention.dto.js';
export { RetentionPolicies, type RetentionPolicy } from './retention-policies.js';
export { readTenants, TENANTS_CONFIG, type TenantsConfig } from './tenants-config.js';
export { TenantsModule } from './tenants.module.js';
export type { KeywordReplies } from './venues/venue.entity.js';
export { VenueProfiles, type VenueProfile } from './venues/venue-profiles.js';
export type { ForwardTo } from './venues/venue.entity.js';
export { ApiVenueParam, VenueRef } from './venues/venue-ref.js';

export const tenantEntities = [Tenant, Venue, ApiKey, ProviderAccount, Sender];
