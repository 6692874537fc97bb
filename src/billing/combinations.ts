/** Combinations of values that repeat in many rows, each written once under a small number. */
import { createHash } from 'node:crypto';
import type { Database } from '../kernel/index.js';

/** A table of such combinations: `id`, a unique `key`, and these columns with their types. */
export interface CombinationTable<Row> {
  readonly name: string;
  readonly columns: Readonly<Record<keyof Row & string, string>>;
  /** Values of columns that came later, which leave the keys of before as they are. */
  readonly usual?: Readonly<Partial<Row>>;
}

/** The number of each, in order; those that are new are made. What else an object has is left out. */
export async function idsOfCombinations<Row extends object>(
  database: Database,
  { name, columns, usual }: CombinationTable<Row>,
  rows: readonly Row[],
): Promise<number[]> {
  const names = Object.keys(columns) as (keyof Row & string)[];
  const keyOf = (row: Row): string =>
    keyOfValues(names.filter((column) => usual?.[column] !== row[column]).map((column) => row[column]));
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const found = await database.query<{ id: number; key: string }>(
    `with wanted as materialized (
       select * from jsonb_to_recordset($1::jsonb) as wanted (key uuid, ${names.map((column) => `${column} ${columns[column]}`).join(', ')})
     ), made as (
       insert into ${name} as known (key, ${names.join(', ')})
       select * from wanted where not exists (select from ${name} as known where known.key = wanted.key)
       on conflict (key) do nothing returning known.id, known.key)
     select id, key from made union all select id, key from ${name} where key in (select key from wanted)`,
    [JSON.stringify([...byKey].map(([key, row]) => ({ ...row, key })))],
  );
  const ids = new Map(found.map(({ id, key }) => [key, id]));
  return rows.map((row) => {
    const id = ids.get(keyOf(row));
    if (id === undefined) throw new Error('a combination that was made is found');
    return id;
  });
}

/** A key of fixed length for a combination of values, as a UUID. */
function keyOfValues(values: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}
