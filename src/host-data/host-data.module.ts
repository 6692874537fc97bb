import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Database, HealthChecks } from '../kernel/index.js';
import { connectHost } from './connect-host.js';
import type { HostDataConfig } from './host-data-config.js';
import { HostData } from './host-data.port.js';
import { SAMPLE_QUERIES } from './host-queries.js';
import { HostReader } from './host-reader.js';
import { SampleHostSource } from './sample.adapter.js';
import { SqlHostSource } from './sql.adapter.js';

/** What the module needs to know: without a host, the sandbox has a sample in our own database. */
export interface HostDataSetUp extends HostDataConfig {
  readonly sandbox: boolean;
  readonly databaseUrl: string;
}

@Global()
@Module({})
export class HostDataModule {
  static forRoot({ hostData, sandbox, databaseUrl }: HostDataSetUp): DynamicModule {
    const reader = {
      provide: HostData,
      inject: [Database, HealthChecks],
      useFactory: (database: Database, health: HealthChecks) => {
        if (hostData) return new HostReader(connectHost(hostData), health);
        // The sample needs no check of its own: it is in the database that readiness asks anyway.
        return new HostReader(
          sandbox
            ? new SampleHostSource(database, new SqlHostSource({ databaseUrl, queries: SAMPLE_QUERIES }))
            : undefined,
        );
      },
    };
    return { module: HostDataModule, providers: [reader], exports: [HostData] };
  }
}
