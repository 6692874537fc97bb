/** Opens the database: connects, checks its version, migrates under a lock, and only then lets others use it. */
import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { PostgresDriver } from './postgres-driver.js';
import type { ReportParts } from './reader-grants.js';

export type Entities = NonNullable<Options['entities']>;
export type MigrationList = NonNullable<NonNullable<Options['migrations']>['migrationsList']>;

export interface DatabaseParts {
  readonly entities: Entities;
  readonly migrations: MigrationList;
  /** The names of all queues. */
  readonly queues: readonly string[];
  readonly reports: ReportParts;
}

/** Options of MikroORM for a database URL; nothing connects until `MikroORM.init`. */
export function ormOptions(
  databaseUrl: string,
  poolSize: number,
  { entities, migrations }: Pick<DatabaseParts, 'entities' | 'migrations'>,
): Options {
  return {
    driver: PostgresDriver,
    clientUrl: databaseUrl,
    entities,
    extensions: [Migrator],
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: { connectionTimeoutMillis: 5_000, application_name: 'callboard', keepAlive: true },
    migrations: { migrationsList: migrations, tableName: 'schema_migration', snapshot: false, allOrNothing: true },
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    debug: false,
    logger: () => undefined,
  };
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
        const orm = await MikroORM.init(ormOptions(config.databaseUrl, config.databasePoolSize, parts));
        await migrate(orm, parts);
        return orm;
      },
    };
    return { module: DatabaseModule, providers: [open, Database], exports: [MikroORM, Database] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.orm.close(true);
  }
}
