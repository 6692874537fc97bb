import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../kernel/index.js';
import { IssueApiKeyHandler, RevokeApiKeyHandler } from './api-keys.command.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ListApiKeysHandler } from './api-keys.query.js';
import { CreateTenantHandler } from './create-tenant.command.js';
import { FallbackSenders } from './fallback-senders.js';
import { GetTenantHandler } from './get-tenant.query.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { ListTenantsHandler } from './list-tenants.query.js';
import { CreateProviderAccountHandler, ReplaceCredentialsHandler } from './provider-accounts.command.js';
import { ProviderAccountsController } from './provider-accounts.controller.js';
import { ListProviderAccountsHandler } from './provider-accounts.query.js';
import { ProviderAccounts } from './provider-accounts.js';
import { ReencryptCredentialsHandler } from './reencrypt-credentials.command.js';
import { SenderDirectory } from './sender-directory.js';
import { CreateSenderHandler, UpdateSenderHandler } from './senders.command.js';
import { SendersController } from './senders.controller.js';
import { GetSenderHandler, ListSendersHandler } from './senders.query.js';
import { TenantsController } from './tenants.controller.js';
import { UpdateTenantHandler } from './update-tenant.command.js';
import { CreateVenueHandler, UpdateVenueHandler } from './venues.command.js';
import { VenuesController } from './venues.controller.js';
import { GetVenueHandler, ListVenuesHandler } from './venues.query.js';

@Global()
@Module({
  controllers: [TenantsController, ApiKeysController, VenuesController, SendersController, ProviderAccountsController],
  providers: [
    KeyAuthenticator,
    { provide: Authenticator, useExisting: KeyAuthenticator },
    ProviderAccounts,
    SenderDirectory,
    FallbackSenders,
    CreateTenantHandler,
    GetTenantHandler,
    ListTenantsHandler,
    UpdateTenantHandler,
    IssueApiKeyHandler,
    ListApiKeysHandler,
    RevokeApiKeyHandler,
    CreateVenueHandler,
    GetVenueHandler,
    ListVenuesHandler,
    UpdateVenueHandler,
    CreateSenderHandler,
    GetSenderHandler,
    ListSendersHandler,
    UpdateSenderHandler,
    CreateProviderAccountHandler,
    ListProviderAccountsHandler,
    ReplaceCredentialsHandler,
    ReencryptCredentialsHandler,
  ],
  exports: [Authenticator, FallbackSenders, ProviderAccounts, SenderDirectory],
})
export class TenantsModule {}
