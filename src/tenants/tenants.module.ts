import { CreateSubaccountHandler } from './provider-accounts/create-subaccount.command.js';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Authenticator, TenantDirectory } from '../kernel/index.js';
import { AccountDirectory } from '../providers/index.js';
import { IssueApiKeyHandler, RevokeApiKeyHandler, RotateApiKeyHandler } from './api-keys/api-keys.command.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ListApiKeysHandler } from './api-keys/api-keys.query.js';
import { ApiKeysSchedule } from './api-keys/api-keys.schedule.js';
import { EndingKeys } from './api-keys/ending-keys.js';
import { WrongKeys } from './api-keys/wrong-keys.js';
import { CreateTenantHandler } from './create-tenant.command.js';
import { FailoverSenders } from './senders/failover-senders.js';
import { GetTenantHandler } from './get-tenant.query.js';
import { KeyAuthenticator } from './api-keys/key-authenticator.js';
import { ListTenantsHandler } from './list-tenants.query.js';
import { AccountHealth } from './provider-accounts/account-health.js';
import { CheckAccountsSchedule } from './provider-accounts/check-accounts.schedule.js';
import { PlatformAccountRows } from './provider-accounts/platform-account-rows.js';
import {
  CreateProviderAccountHandler,
  ReplaceCredentialsHandler,
} from './provider-accounts/provider-accounts.command.js';
import { ProviderAccountsController } from './provider-accounts/provider-accounts.controller.js';
import { ListProviderAccountsHandler } from './provider-accounts/provider-accounts.query.js';
import { ProviderAccounts } from './provider-accounts/provider-accounts.js';
import { ReencryptCredentialsHandler } from './provider-accounts/reencrypt-credentials.command.js';
import { SenderLog } from './senders/sender-log.handler.js';
import { SenderMetrics } from './senders/sender-metrics.handler.js';
import { VenueSenders } from './senders/venue-senders.js';
import { SenderDirectory } from './senders/sender-directory.js';
import { CreateSenderHandler, UpdateSenderHandler } from './senders/senders.command.js';
import { SendersController } from './senders/senders.controller.js';
import { GetSenderHandler, ListSendersHandler } from './senders/senders.query.js';
import { TenantsController } from './tenants.controller.js';
import { QuietHoursChanges } from './quiet-hours-changes.js';
import { RetentionPolicies } from './retention-policies.js';
import { TENANTS_CONFIG, type TenantsConfig } from './tenants-config.js';
import { TimeZones } from './time-zones.js';
import { TenantRegions } from './tenant-regions.js';
import { UpdateTenantHandler } from './update-tenant.command.js';
import { CreateVenueHandler, UpdateVenueHandler } from './venues/venues.command.js';
import { VenueProfiles } from './venues/venue-profiles.js';
import { VenuesController } from './venues/venues.controller.js';
import { GetVenueHandler, ListVenuesHandler } from './venues/venues.query.js';

@Global()
@Module({
  controllers: [TenantsController, ApiKeysController, VenuesController, SendersController, ProviderAccountsController],
  providers: [
    KeyAuthenticator,
    { provide: Authenticator, useExisting: KeyAuthenticator },
    { provide: TenantDirectory, useClass: TenantRegions },
    AccountHealth,
    CheckAccountsSchedule,
    PlatformAccountRows,
    ProviderAccounts,
    { provide: AccountDirectory, useExisting: ProviderAccounts },
    RetentionPolicies,
    SenderDirectory,
    VenueProfiles,
    VenueSenders,
    SenderLog,
    SenderMetrics,
    FailoverSenders,
    TimeZones,
    QuietHoursChanges,
    CreateTenantHandler,
    GetTenantHandler,
    ListTenantsHandler,
    UpdateTenantHandler,
    IssueApiKeyHandler,
    ListApiKeysHandler,
    RevokeApiKeyHandler,
    RotateApiKeyHandler,
    ApiKeysSchedule,
    EndingKeys,
    WrongKeys,
    CreateVenueHandler,
    GetVenueHandler,
    ListVenuesHandler,
    UpdateVenueHandler,
    CreateSenderHandler,
    GetSenderHandler,
    ListSendersHandler,
    UpdateSenderHandler,
    CreateProviderAccountHandler,
    CreateSubaccountHandler,
    ListProviderAccountsHandler,
    ReplaceCredentialsHandler,
    ReencryptCredentialsHandler,
  ],
  exports: [
    EndingKeys,
    KeyAuthenticator,
    AccountDirectory,
    Authenticator,
    FailoverSenders,
    ProviderAccounts,
    QuietHoursChanges,
    RetentionPolicies,
    SenderDirectory,
    TimeZones,
    VenueProfiles,
    VenueSenders,
  ],
})
export class TenantsModule {
  static forRoot({ allowedCountries, retention }: TenantsConfig): DynamicModule {
    const config: TenantsConfig = { allowedCountries, retention };
    return {
      module: TenantsModule,
      providers: [{ provide: TENANTS_CONFIG, useValue: config }],
      exports: [TENANTS_CONFIG],
    };
  }
}
