/** Brings the database to the shape of this release, once, however many processes start together. */
import { Logger } from '@nestjs/common';
import type { MikroORM } from '@mikro-orm/postgresql';
import { runMigrations as migrateQueues } from 'bullmq';
import { keepShape, newerThanThis, requireShape } from './schema-check.js';

/** Any fixed number: whoever holds this advisory lock may migrate. */
const LOCK = 7_265_525;

/**
 * Runs all pending migrations under an advisory lock, in one transaction; a second run does nothing. On a database that a newer
 * release has migrated nothing is run: what that changed suits this release too. Raises HalfMigrated where the database is not what
 * its migrations made.
 */
export async function migrate(orm: MikroORM): Promise<void> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const run = (await orm.migrator.getExecuted()).map(({ name }) => name);
    const ours = orm.config.get('migrations').migrationsList?.map((one) => ('name' in one ? one.name : '')) ?? [];
    const newer = newerThanThis(run, ours);
    if (run.length > 0) await requireShape(client);
    if (newer.length > 0) {
      new Logger('Migrations').warn(`A newer release has migrated the database: ${newer.join(', ')}`);
    } else if (run.length < ours.length) {
      await orm.migrator.up();
      await keepShape(client);
    }
    await migrateQueues(client);
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    client.release();
  }
}
