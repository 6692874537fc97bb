/** A whole Callboard that may be broken: its processes, its database, its queue, and providers that nobody breaks. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { migrateDatabase } from '../src/app.database.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/kernel/embedded-postgres.js';
import { KeyRing } from '../src/kernel/index.js';
import { PublicDoor, StoreDoor } from './door.js';
import { freePort } from '../bench/ports.js';
import { RedisStore } from './redis.js';

export type QueueKind = 'postgres' | 'redis';
export type Role = 'api' | 'worker';

export const ADMIN_KEY = 'cb_admin_of_the_chaos_only';
/** Seen from the compiled file, dist/chaos/stage.js. */
const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));
const READY_MS = 60_000;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

export class Stage {
  readonly url: string;
  private readonly processes: Record<Role, Running[]> = { api: [], worker: [] };
  private readonly providers: Running[] = [];
  private readonly environment: Record<string, string>;

  private constructor(
    private readonly home: string,
    private postgres: EmbeddedPostgres,
    private readonly doors: { readonly front: PublicDoor; readonly database: StoreDoor; readonly url: string },
    readonly redis: RedisStore | undefined,
    databasePort: number,
  ) {
    this.url = doors.url;
    const through = new URL(postgres.url);
    through.port = String(databasePort);
    this.environment = {
      ...{ LOG_LEVEL: 'silent', PUBLIC_URL: this.url, CALLBOARD_SANDBOX: 'on' },
      ...{ CALLBOARD_ADMIN_KEY: ADMIN_KEY, CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate() },
      ...{ DATABASE_URL: through.href, DATABASE_POOL_SIZE: '10' },
      ...(redis && { QUEUE_URL: redis.url }),
    };
  }

  static async open(queue: QueueKind): Promise<Stage> {
    const home = await mkdtemp(join(tmpdir(), 'callboard-chaos-'));
    await chmod(home, 0o755); // as root the server runs as another user, who must reach its data
    const postgres = await startEmbeddedPostgres({ home });
    const [{ door: front, url }, { door: database, port }] = [await PublicDoor.open(), await StoreDoor.open()];
    database.port = Number(new URL(postgres.url).port);
    const redis = queue === 'redis' ? await RedisStore.open() : undefined;
    const stage = new Stage(home, postgres, { front, database, url }, redis, port);
    try {
      await migrateDatabase(postgres.url);
      await stage.startProviders();
      await stage.start('api');
      await stage.start('worker');
      await stage.start('worker');
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** One more process of this role, once it is ready. */
  async start(role: Role): Promise<void> {
    const running = await this.launch({ CALLBOARD_ROLE: role });
    this.processes[role].push(running);
    await this.ready(running);
    if (role === 'api') this.doors.front.api = running.port;
  }

  /** Ends the oldest process of this role, and puts another in its place. */
  async replace(role: Role, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [old] = this.processes[role].splice(0, 1);
    if (old) await end(old.child, signal);
    await this.start(role);
  }

  /** Stops a process for a while, as a machine does that swaps or is moved. */
  async freeze(role: Role, ms: number): Promise<void> {
    const [running] = this.processes[role];
    running?.child.kill('SIGSTOP');
    await delay(ms);
    running?.child.kill('SIGCONT');
  }

  cutDatabase(): void {
    this.doors.database.cut();
  }

  /** The database's machine loses power, and comes back. */
  async crashDatabase(): Promise<void> {
    const file = await readFile(join(this.home, 'postgres', 'postmaster.pid'), 'utf8');
    process.kill(Number.parseInt(file, 10), 'SIGKILL');
    this.cutDatabase();
    await this.postgres.stop();
    this.postgres = await startEmbeddedPostgres({ home: this.home });
    this.doors.database.port = Number(new URL(this.postgres.url).port);
  }

  /** One statement, straight to the database. */
  async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.postgres.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...parameters])).rows;
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    const children = [...this.processes.api, ...this.processes.worker, ...this.providers].map(({ child }) => child);
    await Promise.all(children.map((child) => end(child, 'SIGKILL')));
    this.doors.front.close();
    this.doors.database.close();
    await this.redis?.close();
    await this.postgres.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The sandbox of a Callboard of its own: its record outlives everything that is broken. */
  private async startProviders(): Promise<void> {
    const name = `providers_${randomBytes(4).toString('hex')}`;
    await this.query(`create database ${name}`);
    const url = String(this.environment['DATABASE_URL']).replace(/\/callboard$/, `/${name}`);
    const running = await this.launch({ CALLBOARD_ROLE: 'api', DATABASE_URL: url });
    this.providers.push(running);
    await this.ready(running);
    this.doors.front.sandbox = running.port;
  }

  private async launch(more: Record<string, string>): Promise<Running> {
    const port = await freePort();
    const env = { ...this.environment, PORT: String(port), ...more };
    return { child: spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] }), port };
  }

  private async ready({ child, port }: Running): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const ok = await fetch(`http://127.0.0.1:${port}/health/live`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ok || child.exitCode !== null || child.signalCode !== null) return;
      if (Date.now() > deadline) throw new Error('a process was not ready within a minute');
      await delay(20);
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGCONT'); // one that is frozen hears nothing
  child.kill(signal);
  await ended;
}
