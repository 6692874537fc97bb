/** Which migrations a database lacks. */
import type { MikroORM } from '@mikro-orm/postgresql';

/** Those of this release that it has not had, in order. Only reads. */
export async function pendingMigrations(orm: MikroORM): Promise<string[]> {
  const known = (orm.config.get('migrations').migrationsList ?? []).map(({ name }) => name);
  const run = new Set(await migrationsRun(orm));
  return known.filter((name) => !run.has(name));
}

async function migrationsRun(orm: MikroORM): Promise<string[]> {
  const connection = orm.em.getConnection();
  const [table] = await connection.execute<{ made: boolean }[]>(
    `select to_regclass('schema_migration') is not null as made`,
  );
  if (!table?.made) return [];
  const rows = await connection.execute<{ name: string }[]>('select name from schema_migration');
  return rows.map(({ name }) => name);
}
