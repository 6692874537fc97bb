/** Whether a database still has what its migrations created. */
import type { PoolClient } from 'pg';

/** Tables and their columns, `table.column` each. Partitions come and go, and are ignored. */
const COLUMNS = `
  select relname || '.' || attname as name from pg_class join pg_attribute on attrelid = pg_class.oid
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0 and not attisdropped`;

/** The key under which they are stored. */
const SHAPE = 'schema';

/** Stores the columns as the migrations have just left them. */
export async function keepShape(client: PoolClient): Promise<void> {
  await client.query(
    `insert into deployment (key, value) select $1, coalesce(string_agg(name, ' ' order by name), '') from (${COLUMNS}) as columns
     on conflict (key) do update set value = excluded.value, updated_at = now()`,
    [SHAPE],
  );
}

/** The tables, in order, with missing columns that the migrations had created: a part was lost, or not restored. */
export async function lackingColumns(client: PoolClient): Promise<string[]> {
  const kept = await client.query<{ there: boolean }>(`select to_regclass('deployment') is not null as there`);
  if (!kept.rows[0]?.there) return ['deployment'];
  const { rows } = await client.query<{ table: string }>(
    `select distinct split_part(name, '.', 1) as table
     from (select unnest(string_to_array(value, ' ')) as name from deployment where key = $1) as kept
     where name <> '' and name not in (${COLUMNS}) order by 1`,
    [SHAPE],
  );
  return rows.map(({ table }) => table);
}
