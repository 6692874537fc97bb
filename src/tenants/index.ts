/** The door of tenants: who our customers are, and who speaks for them. */
import { ApiKey } from './api-key.entity.js';
import { ProviderAccount } from './provider-account.entity.js';
import { Sender } from './sender.entity.js';
import { Tenant } from './tenant.entity.js';
import { Venue } from './venue.entity.js';

export { countryOf, InvalidAddress, normaliseAddress, normaliseSenderAddress } from './addresses.js';
export * from './channels.js';
export { CredentialsReplaced } from './credentials-replaced.event.js';
export { FallbackSenders, type Fallback } from './fallback-senders.js';
export { ProviderAccounts, type ProviderAccountSecrets } from './provider-accounts.js';
export { ReencryptCredentials } from './reencrypt-credentials.command.js';
export { SenderDirectory, type NumberHolder, type SenderRoute, type TenantSettings } from './sender-directory.js';
export * from './tenants.errors.js';
export { TenantsModule } from './tenants.module.js';

export const tenantEntities = [Tenant, Venue, ApiKey, ProviderAccount, Sender];
