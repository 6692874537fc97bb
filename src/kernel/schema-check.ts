/** Whether a database is what its migrations made of it. */
import type { PoolClient } from 'pg';

/** Raised at start when the database is neither empty nor whole. */
export class HalfMigrated extends Error {
  constructor(reason: string) {
    super(
      `The database is half migrated: ${reason}. Restore it as a whole, or give Callboard an empty one; nothing was changed.`,
    );
    this.name = 'HalfMigrated';
  }
}

/** Of tables and their columns, `table.column` each. Partitions come and go, and count for nothing. */
const COLUMNS = `
  select relname || '.' || attname as name from pg_class join pg_attribute on attrelid = pg_class.oid
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0 and not attisdropped`;

/** The key of what `keepShape` writes down. */
const SHAPE = 'schema';

/**
 * Compares the migrations that a database says were run with those of this release, in order. Answers those that only the database
 * knows: a newer release has been here. Raises HalfMigrated where neither list is the beginning of the other.
 */
export function newerThanThis(run: readonly string[], ours: readonly string[]): string[] {
  const shared = Math.min(run.length, ours.length);
  const differs = run.slice(0, shared).findIndex((name, index) => name !== ours[index]);
  if (differs >= 0) {
    throw new HalfMigrated(`migration ${differs + 1} was "${run[differs]}", where this release has "${ours[differs]}"`);
  }
  return run.slice(ours.length);
}

/** Writes down which columns there are, as the migrations have just left them. */
export async function keepShape(client: PoolClient): Promise<void> {
  await client.query(
    `insert into deployment (key, value) select $1, coalesce(string_agg(name, ' ' order by name), '') from (${COLUMNS}) as columns
     on conflict (key) do update set value = excluded.value, updated_at = now()`,
    [SHAPE],
  );
}

/** Raises HalfMigrated where columns are gone that the migrations had made: a part of the database was lost or not restored. */
export async function requireShape(client: PoolClient): Promise<void> {
  const kept = await client.query<{ there: boolean }>(`select to_regclass('deployment') is not null as there`);
  if (!kept.rows[0]?.there) throw new HalfMigrated('it lacks the table deployment');
  const { rows } = await client.query<{ name: string }>(
    `select name from (select unnest(string_to_array(value, ' ')) as name from deployment where key = $1) as kept
     where name <> '' and name not in (${COLUMNS}) order by name`,
    [SHAPE],
  );
  const tables = [...new Set(rows.map(({ name }) => name.split('.')[0]))];
  if (tables.length > 0) throw new HalfMigrated(`it lacks ${rows.length} columns of ${tables.join(', ')}`);
}
