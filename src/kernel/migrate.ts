/** Brings the database to the shape of this release, once, however many processes start together. */
import type { MikroORM } from '@mikro-orm/postgresql';
import { runMigrations as migrateQueues } from 'bullmq';

/** Any fixed number: whoever holds this advisory lock may migrate. */
const LOCK = 7_265_525;

/** Runs all pending migrations under an advisory lock; a second run does nothing. */
export async function migrate(orm: MikroORM): Promise<void> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await orm.migrator.up();
    await migrateQueues(client);
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    client.release();
  }
}
