/** Opens the database: connects, checks its version, migrates under a lock, and only then lets others use it. */
import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Metrics } from '../observability/metrics.js';
import { clientOf, fixedAddress, type DatabaseAddress } from './database-address.js';
import { Database } from './database.js';
import { requireTenantRole } from './isolation.js';
import { migrate, type Grantees, type SchemaParts } from './migrate.js';
import { PostgresDriver, type OwnOptions } from './postgres-driver.js';
import { Replica } from './replica.js';

export type Entities = NonNullable<Options['entities']>;
export type MigrationList = NonNullable<NonNullable<Options['migrations']>['migrationsList']>;

export interface DatabaseParts extends SchemaParts {
  readonly entities: Entities;
  readonly migrations: MigrationList;
}

/** Options of MikroORM for a database URL; nothing connects until `MikroORM.init`. `address`: where connections lead, if that may change. */
export function ormOptions(
  databaseUrl: string,
  poolSize: number,
  { entities, migrations }: Pick<DatabaseParts, 'entities' | 'migrations'>,
  address = fixedAddress(databaseUrl),
): Options {
  return {
    driver: PostgresDriver,
    clientUrl: databaseUrl,
    entities,
    extensions: [Migrator],
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: {
      ...({ address } satisfies OwnOptions),
      Client: clientOf(address.url), // MikroORM (7.2.1) reads from the URL the host and the role, and no `sslmode`
      connectionTimeoutMillis: 5_000,
      application_name: 'callboard',
      keepAlive: true,
    },
    migrations: { migrationsList: migrations, tableName: 'schema_migration', snapshot: false, allOrNothing: true },
    schemaGenerator: { ignorePolicies: true }, // entities have none: what a tenant sees is said in `isolation`
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    debug: false,
    logger: () => undefined,
  };
}

/** Migrates the database behind a direct URL, grants the named roles what they need, and disconnects. */
export async function migrateDirectly(directUrl: string, parts: DatabaseParts, grantees: Grantees = {}): Promise<void> {
  const orm = await MikroORM.init(ormOptions(directUrl, 3, parts));
  try {
    await migrate(orm, parts, grantees);
  } finally {
    await orm.close(true);
  }
}

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(MikroORM) private readonly orm: MikroORM) {}

  static forRoot(parts: DatabaseParts): DynamicModule {
    const open = {
      provide: MikroORM,
      inject: [CONFIG],
      useFactory: async (config: ReadyConfig) => {
        const { databaseUrl, databaseDirectUrl, databasePoolSize, role } = config;
        const isPooled = databaseUrl !== databaseDirectUrl;
        if (isPooled) await migrateDirectly(databaseDirectUrl, parts); // the lock under which this is done is a session's
        const address: DatabaseAddress = {
          url: () => config.databaseUrl,
          directUrl: () => config.databaseDirectUrl,
          refused: async () => config.rotation?.lookNow(),
        };
        const orm = await MikroORM.init(ormOptions(databaseUrl, databasePoolSize, parts, address));
        if (!isPooled) await migrate(orm, parts);
        if (role !== 'worker') await requireTenantRole(orm);
        return orm;
      },
    };
    const replica = {
      provide: Replica,
      inject: [CONFIG, Database, Metrics],
      useFactory: (config: ReadyConfig, database: Database, metrics: Metrics) => {
        const { databaseReplicaUrl: url, databaseReplicaLagSeconds: lagSeconds, databasePoolSize } = config;
        if (url === undefined) return Replica.of(database, metrics, { orm: undefined, lagSeconds });
        const current = (): string => config.databaseReplicaUrl ?? url;
        const address = { ...fixedAddress(url), url: current, directUrl: current };
        const orm = ormOptions(url, databasePoolSize, { ...parts, migrations: [] }, address);
        return Replica.of(database, metrics, { orm, lagSeconds });
      },
    };
    return { module: DatabaseModule, providers: [open, Database, replica], exports: [MikroORM, Database, Replica] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.orm.close(true);
  }
}
