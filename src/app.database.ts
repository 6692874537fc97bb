/** The whole database: the entities and the migrations of all modules. */
import { MikroORM } from '@mikro-orm/postgresql';
import { migrations } from '../migrations/index.js';
import { campaignEntities } from './campaigns/index.js';
import { consentEntities } from './consent/index.js';
import { ormOptions, type DatabaseParts } from './kernel/postgres/database.module.js';
import { migrate } from './kernel/postgres/migrate.js';
import { templateEntities } from './templates/index.js';
import { tenantEntities } from './tenants/index.js';

export const databaseParts: DatabaseParts = {
  entities: [...tenantEntities, ...consentEntities, ...templateEntities, ...campaignEntities],
  migrations,
};

/** Migrates a database to this release and disconnects. */
export async function migrateDatabase(databaseUrl: string): Promise<void> {
  const orm = await MikroORM.init(ormOptions(databaseUrl, 3, databaseParts));
  try {
    await migrate(orm);
  } finally {
    await orm.close(true);
  }
}
