import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ProviderRegistry } from './provider.registry.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from './providers-config.js';
import { SandboxGuard } from './sandbox-guard.js';

@Global()
@Module({})
export class ProvidersModule {
  /** The plugged-in providers, for one configuration. Requires an AccountDirectory. */
  static forRoot(config: ProvidersConfig): DynamicModule {
    const configuration = { provide: PROVIDERS_CONFIG, useValue: config };
    return {
      module: ProvidersModule,
      providers: [configuration, ProviderRegistry, SandboxGuard],
      exports: [PROVIDERS_CONFIG, ProviderRegistry],
    };
  }
}
