/** PgBouncer in front of a PostgreSQL server, where the machine has one. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { query } from './query.js';
import { until } from './until.js';

export interface PgBouncerOptions {
  readonly mode?: 'session' | 'transaction' | 'statement';
  /** Connections to the server for each database. */
  readonly poolSize?: number;
}

export class PgBouncer {
  private process: ChildProcess;

  private constructor(
    readonly version: string,
    private readonly port: number,
    private readonly folder: string,
  ) {
    this.process = this.launch();
  }

  /**
   * Leads to all databases of the server behind this URL, as its user. Resolves once it listens; undefined where the machine has no
   * `pgbouncer`.
   */
  static async before(
    serverUrl: string,
    { mode = 'transaction', poolSize = 5 }: PgBouncerOptions = {},
  ): Promise<PgBouncer | undefined> {
    const { status, stdout } = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' });
    if (status !== 0) return undefined;
    const folder = await mkdtemp(join(tmpdir(), 'callboard-pgbouncer-'));
    await chmod(folder, 0o755); // started by root it runs as another user, who must read its settings
    const { hostname, port, username, password } = new URL(serverUrl);
    const own = await freePort();
    const settings = [
      '[databases]',
      `* = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1`,
      `listen_port = ${own}`,
      'unix_socket_dir =',
      'auth_type = any',
      'admin_users = anyone',
      `pool_mode = ${mode}`,
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 1000',
      'server_login_retry = 1', // by default a server that was away for a moment is refused for 15 seconds
    ];
    if (process.getuid?.() === 0) settings.push('user = nobody');
    await writeFile(join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`);
    const pooler = new PgBouncer(/\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown', own, folder);
    await pooler.ready();
    return pooler;
  }

  /** The URL of the database that another one leads to directly, by way of the pooler. */
  urlOf(directUrl: string): string {
    return Object.assign(new URL(directUrl), { port: String(this.port), hostname: '127.0.0.1', search: '' }).href;
  }

  /** Kills it with all connections of its clients, and starts it again. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
    this.process = this.launch();
    await this.ready();
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  private launch(): ChildProcess {
    return spawn('pgbouncer', ['--quiet', join(this.folder, 'pgbouncer.ini')], { stdio: 'ignore' });
  }

  private async ready(): Promise<void> {
    const console = `postgres://anyone@127.0.0.1:${this.port}/pgbouncer`;
    const answers = (): Promise<boolean> =>
      query(console, 'show version').then(
        () => true,
        () => false,
      );
    await until(answers, { what: 'PgBouncer answers' });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }
}
