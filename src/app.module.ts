/** The modules on one screen. */
import { Module, type DynamicModule } from '@nestjs/common';
import { databaseParts } from './app.database.js';
import { KernelModule, type ReadyConfig } from './kernel/index.js';
import { TenantsModule } from './tenants/index.js';

@Module({})
export class AppModule {
  static forRoot(config: ReadyConfig): DynamicModule {
    return { module: AppModule, imports: [KernelModule.forRoot(config, databaseParts), TenantsModule] };
  }
}
