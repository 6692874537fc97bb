/** The cost of a Callboard's statements in its database. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Callboard } from './callboard.js';

interface Cost {
  readonly calls: number;
  readonly ms: number;
  readonly plan_ms: number;
  readonly rows: number;
  readonly wal_kb: number;
  readonly query: string;
}

/** Writes a report of the most expensive statements, the most expensive first. */
export async function writeStatements(callboard: Callboard, folder: string): Promise<void> {
  const costs = await callboard.query<Cost>(
    `select calls::int as calls, round(total_exec_time)::int as ms, round(total_plan_time)::int as plan_ms, rows::int as rows,
       round(wal_bytes / 1024)::int as wal_kb, regexp_replace(query, '\\s+', ' ', 'g') as query
     from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
     order by total_exec_time desc limit 40`,
  );
  const lines = costs.map(({ calls, ms, plan_ms: planMs, rows, wal_kb: walKb, query }) =>
    [calls, ms, planMs, rows, walKb]
      .map((value) => String(value).padStart(9))
      .join(' ')
      .concat(`  ${query}`),
  );
  await mkdir(folder, { recursive: true });
  const head = ['calls', 'ms', 'plan ms', 'rows', 'WAL KB'].map((name) => name.padStart(9)).join(' ');
  const name = new URL(callboard.databaseUrl).pathname.slice(1);
  await writeFile(join(folder, `${name}-statements.txt`), [head, ...lines, ''].join('\n'));
}
