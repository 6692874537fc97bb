/** Brings the database to the shape of this release, once, however many processes start together. */
import type { MikroORM } from '@mikro-orm/postgresql';
import { runMigrations as migrateQueues } from 'bullmq';
import type { Pool } from 'pg';

const REQUIRED_MAJOR = 18;
/** Any fixed number: whoever holds this advisory lock may migrate. */
const LOCK = 7_265_525;

/** Raised at start when the server is no PostgreSQL 18 or newer. */
export class UnsupportedDatabase extends Error {
  constructor(version: string) {
    super(`Callboard needs PostgreSQL ${REQUIRED_MAJOR} or newer (for uuidv7() and RETURNING old/new); DATABASE_URL leads to ${version}`);
    this.name = 'UnsupportedDatabase';
  }
}

/** Runs all pending migrations under an advisory lock; a second run does nothing. Raises UnsupportedDatabase. */
export async function migrate(orm: MikroORM): Promise<void> {
  const pool = (await orm.em.getConnection().getNativeClient()) as Pool;
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ version: string; number: number }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
    );
    const [server] = rows;
    if (!server || server.number < REQUIRED_MAJOR * 10_000) throw new UnsupportedDatabase(`PostgreSQL ${server?.version ?? '?'}`);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await orm.migrator.up();
    await migrateQueues(client);
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    client.release();
  }
}
