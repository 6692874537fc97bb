/** A whole Callboard that may be broken: its processes, its database, its queue, and providers that nobody breaks. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../harness/postgres-server.js';
import { query } from '../harness/query.js';
import { RedisServer } from '../harness/redis-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { until } from '../harness/until.js';
import { migrateDatabase } from '../src/app.database.js';
import { KeyRing } from '../src/kernel/index.js';
import { PublicDoor } from './public-door.js';
import { Service } from './service.js';

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
    private readonly postgres: PostgresServer,
    private readonly doors: { readonly front: PublicDoor; readonly database: TcpProxy; readonly url: string },
    readonly redis: RedisServer | undefined,
  ) {
    this.url = doors.url;
    const through = new URL(postgres.url);
    through.port = String(doors.database.port);
    this.environment = {
      ...{ LOG_LEVEL: 'silent', PUBLIC_URL: this.url, CALLBOARD_SANDBOX: 'on' },
      ...{ CALLBOARD_ADMIN_KEY: ADMIN_KEY, CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate() },
      ...{ DATABASE_URL: through.href, DATABASE_POOL_SIZE: '10' },
      ...(redis && { QUEUE_URL: redis.url }),
    };
  }

  static async open(queue: QueueKind): Promise<Stage> {
    const home = await mkdtemp(join(tmpdir(), 'callboard-chaos-'));
    const postgres = await PostgresServer.open();
    const database = await TcpProxy.to(postgres.port);
    const { door: front, url } = await PublicDoor.open();
    const redis = queue === 'redis' ? await RedisServer.open({ durable: false }) : undefined;
    if (queue === 'redis' && !redis) throw new Error('This machine has no redis-server');
    const stage = new Stage(home, postgres, { front, database, url }, redis);
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
    if (service.process.hasEnded) return this.start(role); // the database was away: a supervisor tries again
    this.processes[role].push(service);
    if (role === 'api') this.doors.front.api = service.process.port;
  }

  /** Ends the oldest process of this role, and puts another in its place. */
  async replace(role: Role, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [old] = this.processes[role].splice(0, 1);
    await old?.process.stop(signal);
    await this.start(role);
  }

  /** Waits until no message waits any more. Raises an Error when that takes longer than `withinMs`. */
  async whenEmpty(withinMs = 40 * 60_000): Promise<void> {
    const waiting = `select from pending union all select from campaign where frozen_at is null limit 1`;
    const isEmpty = async (): Promise<boolean> => (await this.query(waiting)).length === 0;
    await until(isEmpty, { what: 'No message waits any more', withinMs, everyMs: 250 });
  }

  async freeze(role: Role, ms: number): Promise<void> {
    await this.processes[role][0]?.process.freeze(ms);
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

  readonly cutDatabase = (): void => this.doors.database.dropConnections();

  /** The database's machine loses power, and comes back. */
  async crashDatabase(): Promise<void> {
    await this.postgres.crash();
    this.cutDatabase();
    await this.restartDatabase();
  }

  /** The database is stopped, in good order where it can be, and started again. */
  async restartDatabase(): Promise<void> {
    await this.postgres.halt();
    await this.postgres.resume();
    this.doors.database.pointTo(this.postgres.port);
  }

  /** One statement, straight to the database. */
  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.postgres.url, sql, parameters);
  }

  async close(): Promise<void> {
    const services = [...this.processes.api, ...this.processes.worker, ...this.providers];
    await Promise.all(services.map((service) => service.process.kill()));
    this.doors.front.close();
    await this.doors.database.close();
    await this.redis?.close();
    await this.postgres.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The sandbox of a Callboard of its own: its record outlives everything that is broken. */
  private async startProviders(): Promise<void> {
    const name = `providers_${randomBytes(4).toString('hex')}`;
    await this.postgres.createDatabase(name);
    const url = String(this.environment['DATABASE_URL']).replace(/\/callboard$/, `/${name}`);
    const service = await Service.start({ ...this.environment, CALLBOARD_ROLE: 'api', DATABASE_URL: url }, this.home);
    this.providers.push(service);
    this.doors.front.sandbox = service.process.port;
  }
}
