/** The public API of tenants: customers, and their senders. */
import { ApiKey } from './api-keys/api-key.entity.js';
import { ProviderAccount } from './provider-accounts/provider-account.entity.js';
import { Sender } from './senders/sender.entity.js';
import { Tenant } from './tenant.entity.js';
import { Venue } from './venues/venue.entity.js';

export { countryOf, normaliseAddress, normaliseSenderAddress, writersAddress } from './addresses/addresses.js';
export { isWhatsAppUserId } from './addresses/whatsapp-user-id.js';
export { ADDRESS_PROBLEMS, AmbiguousAddress, InvalidAddress, type AddressFault } from './addresses/addresses.errors.js';
export * from './channels.js';
export { CredentialsReplaced } from './provider-accounts/credentials-replaced.event.js';
export { FailoverSenders, type Fallback } from './senders/failover-senders.js';
export { ProviderAccounts, type ProviderAccountSecrets } from './provider-accounts/provider-accounts.js';
export { ReencryptCredentials } from './provider-accounts/reencrypt-credentials.command.js';
export { CreateSender, UpdateSender } from './senders/senders.command.js';
export { SenderChanged } from './senders/sender-changed.event.js';
export {
  SenderDirectory,
  type NumberHolder,
  type SenderRoute,
  type TenantSettings,
} from './senders/sender-directory.js';
export { platformVoice, usualProvider, type PlatformVoice } from './senders/provider-choice.js';
export { Scope } from './api-keys/scopes.js';
export * from './tenants.errors.js';
export {
  BILLED_TENANTS,
  OWN_ACCOUNTS,
  PLATFORM_ACCOUNTS,
  SENDERS,
  TENANT_ZONES,
  TENANTS,
  VENUES,
  WHATSAPP_ACCOUNTS,
} from './tenants.sql.js';
export { countryOfStart, NUMBER_START, startOf } from './addresses/number-starts.js';
export { senderTypeOf, type SenderType, SENDER_TYPES } from './addresses/sender-types.js';
export { awaitedOrder, shownAddress, waitingAddress } from './waiting-address.js';
export { VenueSenders } from './senders/venue-senders.js';
export { TimeZones } from './time-zones.js';
export { TenantsModule } from './tenants.module.js';
export { ApiVenueParam, VenueRef } from './venues/venue-ref.js';

export const tenantEntities = [Tenant, Venue, ApiKey, ProviderAccount, Sender];
