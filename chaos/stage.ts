/** A whole Callboard that may be broken: its processes, its database, its queue, and providers that nobody breaks. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { query } from '../bench/ground.js';
import { migrateDatabase } from '../src/app.database.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/kernel/postgres/embedded-postgres.js';
import { KeyRing } from '../src/kernel/index.js';
import { PublicDoor } from './public-door.js';
import { RedisStore } from './redis.js';
import { Service } from './service.js';
import { StoreDoor } from './store-door.js';

export type QueueKind = 'postgres' | 'redis';
export type Role = 'api' | 'worker';

export const ADMIN_KEY = 'cb_admin_of_the_chaos_only';

export class Stage {
  readonly url: string;
  private readonly processes: Record<Role, Service[]> = { api: [], worker: [] };
  private readonly providers: Service[] = [];
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
    const service = await Service.start({ ...this.environment, CALLBOARD_ROLE: role }, this.home);
    if (service.hasEnded) return this.start(role); // the database was away: a supervisor tries again
    this.processes[role].push(service);
    if (role === 'api') this.doors.front.api = service.port;
  }

  /** Ends the oldest process of this role, and puts another in its place. */
  async replace(role: Role, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [old] = this.processes[role].splice(0, 1);
    await old?.end(signal);
    await this.start(role);
  }

  /** Waits until no message waits any more. Raises an Error when that takes longer than `withinMs`. */
  async whenEmpty(withinMs = 40 * 60_000): Promise<void> {
    const waiting = `select from pending union all select from campaign where frozen_at is null limit 1`;
    for (const deadline = Date.now() + withinMs; (await this.query(waiting)).length > 0; await delay(250)) {
      if (Date.now() > deadline) throw new Error(`messages still wait after ${withinMs / 60_000} minutes`);
    }
  }

  async freeze(role: Role, ms: number): Promise<void> {
    await this.processes[role][0]?.freeze(ms);
  }

  /** The wall clock of the oldest process of this role is wrong by so much from now on. */
  async stepClock(role: Role, ms: number): Promise<void> {
    await this.processes[role][0]?.stepClock(ms);
  }

  /** Reports of providers on messages are held back, this share of them. */
  withholdReports(share: number): void {
    this.doors.front.withheldShare = share;
  }

  /** Reports that were held back come in, as late as that; what was known of earlier ones is forgotten, as after a month. */
  async letReportsIn(): Promise<number> {
    await this.query(`delete from inbox where applied_at is not null`);
    return this.doors.front.letIn();
  }

  readonly cutDatabase = (): void => this.doors.database.cut();

  /** The database's machine loses power, and comes back. */
  async crashDatabase(): Promise<void> {
    const file = await readFile(join(this.home, 'postgres', 'postmaster.pid'), 'utf8');
    process.kill(Number.parseInt(file, 10), 'SIGKILL');
    this.cutDatabase();
    await this.restartDatabase();
  }

  /** The database is stopped, in good order where it can be, and started again. */
  async restartDatabase(): Promise<void> {
    await this.postgres.stop();
    this.postgres = await startEmbeddedPostgres({ home: this.home });
    this.doors.database.port = Number(new URL(this.postgres.url).port);
  }

  /** One statement, straight to the database. */
  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.postgres.url, sql, parameters);
  }

  async close(): Promise<void> {
    const services = [...this.processes.api, ...this.processes.worker, ...this.providers];
    await Promise.all(services.map((service) => service.end('SIGKILL')));
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
    const service = await Service.start({ ...this.environment, CALLBOARD_ROLE: 'api', DATABASE_URL: url }, this.home);
    this.providers.push(service);
    this.doors.front.sandbox = service.port;
  }
}
