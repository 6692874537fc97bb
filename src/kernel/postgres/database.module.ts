/** Opens the database: connects, checks its version, migrates under a lock, and only then lets others use it. */
import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Metrics } from '../observability/metrics.js';
import { Database } from './database.js';
import { migrate, type Grantees } from './migrate.js';
import { PostgresDriver, type OwnOptions } from './postgres-driver.js';
import type { ReportParts } from './reader-grants.js';
import { Replica } from './replica.js';

export type Entities = NonNullable<Options['entities']>;
export type MigrationList = NonNullable<NonNullable<Options['migrations']>['migrationsList']>;

export interface DatabaseParts {
  readonly entities: Entities;
  readonly migrations: MigrationList;
  /** The names of all queues. */
  readonly queues: readonly string[];
  readonly reports: ReportParts;
}

/**
 * Options of MikroORM for a database URL; nothing connects until `MikroORM.init`. If that leads through a pooler, `directUrl` is the way
 * past it, for prepared statements.
 */
export function ormOptions(
  databaseUrl: string,
  poolSize: number,
  { entities, migrations }: Pick<DatabaseParts, 'entities' | 'migrations'>,
  directUrl = databaseUrl,
): Options {
  return {
    driver: PostgresDriver,
    clientUrl: databaseUrl,
    entities,
    extensions: [Migrator],
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: {
      ...({ directUrl } satisfies OwnOptions),
      connectionString: databaseUrl, // MikroORM (7.2.1) reads from it the host and the role, and no `sslmode`
      connectionTimeoutMillis: 5_000,
      application_name: 'callboard',
      keepAlive: true,
    },
    migrations: { migrationsList: migrations, tableName: 'schema_migration', snapshot: false, allOrNothing: true },
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
      useFactory: async ({ databaseUrl, databaseDirectUrl, databasePoolSize }: ReadyConfig) => {
        const isPooled = databaseUrl !== databaseDirectUrl;
        if (isPooled) await migrateDirectly(databaseDirectUrl, parts); // the lock under which this is done is a session's
        const orm = await MikroORM.init(ormOptions(databaseUrl, databasePoolSize, parts, databaseDirectUrl));
        if (!isPooled) await migrate(orm, parts);
        return orm;
      },
    };
    const replica = {
      provide: Replica,
      inject: [CONFIG, Database, Metrics],
      useFactory: (config: ReadyConfig, database: Database, metrics: Metrics) => {
        const { databaseReplicaUrl: url, databaseReplicaLagSeconds: lagSeconds, databasePoolSize } = config;
        const orm = url === undefined ? undefined : ormOptions(url, databasePoolSize, { ...parts, migrations: [] });
        return Replica.of(database, metrics, { orm, lagSeconds });
      },
    };
    return { module: DatabaseModule, providers: [open, Database, replica], exports: [MikroORM, Database, Replica] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.orm.close(true);
  }
}
