/** BullMQ's schema in our database: its own migrations, and the sequence of each queue. */
import { LATEST_SCHEMA_VERSION, SchemaMigrationRequiredError, assertSchemaCompatibility, runMigrations } from 'bullmq';
import type { PoolClient } from 'pg';

/**
 * Brings them up to this release. True if anything was made. BullMQ (6.7.0) makes the sequence of a queue's job ids at its first
 * `add`, which a role that may not create cannot: so they are made here.
 */
export async function migrateQueues(client: PoolClient, queues: readonly string[]): Promise<boolean> {
  const isBehind = await areTablesBehind(client);
  if (isBehind) await runMigrations(client);
  const { rows } = await client.query<{ name: string }>(
    `select name from (select bullmq.job_id_seq_name(queue) as name from unnest($1::text[]) as queue) as wanted
     where to_regclass('bullmq.' || name) is null`,
    [queues],
  );
  for (const { name } of rows)
    await client.query(`create sequence if not exists bullmq.${client.escapeIdentifier(name)}`);
  return isBehind || rows.length > 0;
}

/** BullMQ's own migrations require privileges on its tables even if there is nothing to do. */
async function areTablesBehind(client: PoolClient): Promise<boolean> {
  try {
    return (await assertSchemaCompatibility(client)) < LATEST_SCHEMA_VERSION;
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return true;
    throw error;
  }
}
