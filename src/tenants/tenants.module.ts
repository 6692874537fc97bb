import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../kernel/index.js';
import { CreateTenantHandler } from './create-tenant.command.js';
import { GetTenantHandler } from './get-tenant.query.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { ListTenantsHandler } from './list-tenants.query.js';
import { TenantsController } from './tenants.controller.js';
import { UpdateTenantHandler } from './update-tenant.command.js';

@Global()
@Module({
  controllers: [TenantsController],
  providers: [
    { provide: Authenticator, useClass: KeyAuthenticator },
    ...[CreateTenantHandler, GetTenantHandler, ListTenantsHandler, UpdateTenantHandler],
  ],
  exports: [Authenticator],
})
export class TenantsModule {}
