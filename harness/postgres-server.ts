/** A PostgreSQL server of our own in a temporary folder, with as many databases as are asked for. */
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '../src/app.database.js';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../src/kernel/postgres/embedded-postgres.js';
import { BaseBackup } from './base-backup.js';
import { withClient } from './query.js';

export interface PostgresOptions extends Pick<EmbeddedPostgresOptions, 'durable' | 'settings'> {
  /** Where its own folder is made: where the system keeps temporary files unless given. */
  readonly parent?: string;
}

const PASSWORD = 'postgres-password';

export class PostgresServer {
  private constructor(
    private server: EmbeddedPostgres,
    private readonly home: string,
    private readonly options: PostgresOptions,
  ) {}

  static async open(options: PostgresOptions = {}): Promise<PostgresServer> {
    const home = await mkdtemp(join(options.parent ?? tmpdir(), 'callboard-postgres-'));
    await chmod(home, 0o755); // as root the server runs as another user, who must reach its data
    return new PostgresServer(await startEmbeddedPostgres({ ...options, home }), home, options);
  }

  /**
   * A server on a copy of another's data, with `settings` of its own. A `standby` follows what they say is its primary; one in
   * `recovery` reads the archive that they name. Both answer reads from the state that is whole, and the second soon writes.
   */
  static async restore(
    backup: BaseBackup,
    as: 'standby' | 'recovery',
    settings: Readonly<Record<string, string>>,
  ): Promise<PostgresServer> {
    const home = await mkdtemp(join(tmpdir(), 'callboard-postgres-'));
    await chmod(home, 0o755);
    await copyFile(join(backup.home, PASSWORD), join(home, PASSWORD)); // its roles are in the data
    await backup.unpack(join(home, 'postgres'), `${as}.signal`);
    return new PostgresServer(await startEmbeddedPostgres({ settings, home }), home, { settings });
  }

  /** Copies its data while it runs. The backup is of the state at its end, with what was written to the log meanwhile. */
  async backUp(): Promise<BaseBackup> {
    return BaseBackup.take(this.url, this.home);
  }

  /** The URL of the database `callboard`, with a superuser. */
  get url(): string {
    return this.server.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The URL of the database of this name. */
  urlOf(name: string): string {
    return databaseUrl(this.url, name);
  }

  /** A new database, empty or a copy of a template. Answers its URL. */
  createDatabase(name: string, template?: string): Promise<string> {
    return createDatabase(this.url, name, template);
  }

  /** A new database with all migrations applied. Answers its URL. */
  async createMigrated(name: string, extensions: readonly string[] = []): Promise<string> {
    const url = await this.createDatabase(name);
    await withClient(url, async (client) => {
      for (const extension of extensions) await client.query(`create extension ${extension}`);
    });
    await migrateDatabase(url);
    return url;
  }

  /** The process that all others of the server descend from. */
  async pid(): Promise<number> {
    return Number.parseInt(await readFile(join(this.home, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  }

  /** Stops it; what it has stored stays. */
  halt(): Promise<void> {
    return this.server.stop();
  }

  /** Starts it again, perhaps on another port. */
  async resume(): Promise<void> {
    this.server = await startEmbeddedPostgres({ ...this.options, home: this.home });
  }

  /** Kills it as a power failure would. */
  async crash(): Promise<void> {
    process.kill(await this.pid(), 'SIGKILL');
  }

  /** Stops it, and removes what it has stored. */
  async close(): Promise<void> {
    await this.halt();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A new database on the server behind a URL of its database `callboard`. Answers the new database's URL. */
export async function createDatabase(serverUrl: string, name: string, template = 'template0'): Promise<string> {
  await withClient(serverUrl, async (client) => {
    // One at a time: PostgreSQL copies a template only while nobody else does.
    await client.query('select pg_advisory_lock(1)');
    // As files: as WAL, the default, it takes four times the processor time.
    await client.query(`create database ${name} template ${template} strategy file_copy`);
  });
  return databaseUrl(serverUrl, name);
}

const databaseUrl = (serverUrl: string, name: string): string => serverUrl.replace(/\/callboard$/, `/${name}`);
