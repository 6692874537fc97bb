/** A PostgreSQL server with the settings of production, and databases that start alike. */
import { PostgresServer } from '../harness/postgres-server.js';
import { query } from '../harness/query.js';
import { cpuOfTree } from './cpu.js';

const TEMPLATE = 'bench_template';

export class Infrastructure {
  private databases = 0;

  private constructor(
    private readonly postgres: PostgresServer,
    private readonly pid: number,
  ) {}

  /** With `statements` the server records the cost of each statement, which costs a little itself. */
  static async open({ statements }: { readonly statements: boolean }): Promise<Infrastructure> {
    const settings = {
      shared_preload_libraries: statements ? 'pg_stat_statements' : '',
      ...(statements && { 'pg_stat_statements.track_planning': 'on' }),
    };
    const postgres = await PostgresServer.open({ settings });
    try {
      await postgres.createMigrated(TEMPLATE, statements ? ['pg_stat_statements'] : []);
      return new Infrastructure(postgres, await postgres.pid());
    } catch (error) {
      await postgres.close();
      throw error;
    }
  }

  /** The URL of a fresh, migrated database. */
  database(): Promise<string> {
    return this.postgres.createDatabase(`bench_${(this.databases += 1)}`, TEMPLATE);
  }

  /** Milliseconds of CPU that the server has used; undefined where the system does not report it. */
  cpu(): number | undefined {
    return cpuOfTree(this.pid);
  }

  async version(): Promise<string> {
    const [row] = await query<{ server_version: string }>(this.postgres.url, 'show server_version');
    return row?.server_version ?? 'unknown';
  }

  close(): Promise<void> {
    return this.postgres.close();
  }
}
