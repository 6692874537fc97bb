/** What everything stands on: a PostgreSQL server with the settings of production, and databases that begin alike. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrateDatabase } from '../src/app.database.js';
import { cpuOfTree } from './cpu.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/kernel/postgres/embedded-postgres.js';

const TEMPLATE = 'bench_template';

export class Ground {
  private databases = 0;
  private pid = 0;

  private constructor(
    private readonly postgres: EmbeddedPostgres,
    private readonly home: string,
  ) {}

  /** With `statements` the server keeps count of what each statement costs, which costs a little itself. */
  static async open({ statements }: { readonly statements: boolean }): Promise<Ground> {
    const home = await mkdtemp(join(tmpdir(), 'callboard-bench-'));
    await chmod(home, 0o755); // as root the server runs as another user, who must reach its data
    const settings = {
      shared_preload_libraries: statements ? 'pg_stat_statements' : '',
      ...(statements && { 'pg_stat_statements.track_planning': 'on' }),
    };
    const ground = new Ground(await startEmbeddedPostgres({ home, settings }), home);
    try {
      const [file] = await ground.ask<{ text: string }>(`select pg_read_file('postmaster.pid') as text`);
      ground.pid = Number.parseInt(file?.text ?? '', 10);
      await ground.ask(`create database ${TEMPLATE}`);
      if (statements) await query(ground.urlOf(TEMPLATE), 'create extension pg_stat_statements');
      await migrateDatabase(ground.urlOf(TEMPLATE));
      return ground;
    } catch (error) {
      await ground.close();
      throw error;
    }
  }

  /** The URL of a fresh, migrated database. */
  async database(): Promise<string> {
    const name = `bench_${(this.databases += 1)}`;
    await this.ask(`create database ${name} template ${TEMPLATE}`);
    return this.urlOf(name);
  }

  /** Milliseconds of CPU that the server has used; undefined where the system does not say. */
  cpu(): number | undefined {
    return cpuOfTree(this.pid);
  }

  async version(): Promise<string> {
    const [row] = await this.ask<{ server_version: string }>('show server_version');
    return row?.server_version ?? 'unknown';
  }

  async close(): Promise<void> {
    await this.postgres.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  private urlOf(name: string): string {
    return this.postgres.url.replace(/\/callboard$/, `/${name}`);
  }

  private ask<Row extends object>(sql: string): Promise<Row[]> {
    return query(this.postgres.url, sql);
  }
}

/** One statement on a connection of its own. */
export async function query<Row extends object>(
  databaseUrl: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
}
