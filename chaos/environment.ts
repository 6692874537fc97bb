/** A whole Callboard to inject faults into: its processes, its database, its queue, and providers that stay up. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../harness/postgres-server.js';
import { PublicAddress } from '../harness/public-address.js';
import { query } from '../harness/query.js';
import { RedisServer } from '../harness/redis-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { until } from '../harness/until.js';
import { migrateDatabase } from '../src/app.database.js';
import { KeyRing } from '../src/kernel/index.js';
import { Service } from './service.js';

export type QueueKind = 'postgres' | 'redis';
export type Role = 'api' | 'worker';

export const ADMIN_KEY = 'cb_admin_of_the_chaos_only';

export class ChaosEnvironment {
  readonly url: string;
  private readonly processes: Record<Role, Service[]> = { api: [], worker: [] };
  private readonly providers: Service[] = [];
  private readonly variables: Record<string, string>;

  private constructor(
    private readonly home: string,
    private readonly postgres: PostgresServer,
    private readonly publicAddress: PublicAddress,
    private readonly database: TcpProxy,
    readonly redis: RedisServer | undefined,
  ) {
    this.url = publicAddress.url;
    const through = new URL(postgres.url);
    through.port = String(database.port);
    this.variables = {
      LOG_LEVEL: 'silent',
      PUBLIC_URL: this.url,
      CALLBOARD_SANDBOX: 'on',
      CALLBOARD_ADMIN_KEY: ADMIN_KEY,
      CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
      DATABASE_URL: through.href,
      DATABASE_POOL_SIZE: '10',
      SENDER_BOUNCE_PERCENT: '100', // bounces are injected: nothing is to wait for them
      ...(redis && { QUEUE_URL: redis.url }),
    };
  }

  static async open(queue: QueueKind): Promise<ChaosEnvironment> {
    const home = await mkdtemp(join(tmpdir(), 'callboard-chaos-'));
    const postgres = await PostgresServer.open();
    const database = await TcpProxy.to(postgres.port);
    const redis = queue === 'redis' ? await RedisServer.open({ durable: false }) : undefined;
    if (queue === 'redis' && !redis) throw new Error('This machine has no redis-server');
    const environment = new ChaosEnvironment(home, postgres, await PublicAddress.open(), database, redis);
    try {
      await migrateDatabase(postgres.url);
      await environment.startProviders();
      await environment.start('api');
      await environment.start('worker');
      await environment.start('worker');
    } catch (error) {
      await environment.close();
      throw error;
    }
    return environment;
  }

  /** Starts one more process of this role, and waits until it is ready. */
  async start(role: Role): Promise<void> {
    const service = await Service.start({ ...this.variables, CALLBOARD_ROLE: role }, this.home);
    if (service.process.hasEnded) return this.start(role); // the database was down: a supervisor would retry
    this.processes[role].push(service);
    if (role === 'api') this.publicAddress.api = service.process.port;
  }

  /** Ends the oldest process of this role, and replaces it. */
  async replace(role: Role, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [old] = this.processes[role].splice(0, 1);
    await old?.process.stop(signal);
    await this.start(role);
  }

  /** Waits until the queue is empty. Raises an Error when that takes longer than `withinMs`. */
  async whenEmpty(withinMs = 40 * 60_000): Promise<void> {
    const waiting = `select from pending union all select from campaign where frozen_at is null limit 1`;
    const isEmpty = async (): Promise<boolean> => (await this.query(waiting)).length === 0;
    await until(isEmpty, { what: 'The queue is empty', withinMs, everyMs: 250 });
  }

  async freeze(role: Role, ms: number): Promise<void> {
    await this.processes[role][0]?.process.freeze(ms);
  }

  /** Steps the wall clock of the oldest process of this role. */
  async stepClock(role: Role, ms: number): Promise<void> {
    await this.processes[role][0]?.stepClock(ms);
  }

  /** Withholds this share of the delivery reports. */
  withholdReports(share: number): void {
    this.publicAddress.withheldShare = share;
  }

  /** Delivers the withheld reports. Earlier ones are deleted from the inbox first, as after a month. */
  async deliverWithheldReports(): Promise<number> {
    await this.query(`delete from inbox where applied_at is not null`);
    return this.publicAddress.deliverWithheld();
  }

  readonly cutDatabase = (): void => this.database.dropConnections();

  /** The database's machine loses power and recovers. */
  async crashDatabase(): Promise<void> {
    await this.postgres.crash();
    this.cutDatabase();
    await this.restartDatabase();
  }

  /** Stops the database, cleanly if it still runs, and starts it again. */
  async restartDatabase(): Promise<void> {
    await this.postgres.halt();
    await this.postgres.resume();
    this.database.pointTo(this.postgres.port);
  }

  /** Runs one statement, bypassing the proxy. */
  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.postgres.url, sql, parameters);
  }

  async close(): Promise<void> {
    const services = [...this.processes.api, ...this.processes.worker, ...this.providers];
    await Promise.all(services.map((service) => service.process.kill()));
    this.publicAddress.close();
    await this.database.close();
    await this.redis?.close();
    await this.postgres.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A separate Callboard serves the sandbox, so that its record survives all faults. */
  private async startProviders(): Promise<void> {
    const name = `providers_${randomBytes(4).toString('hex')}`;
    await this.postgres.createDatabase(name);
    const url = String(this.variables['DATABASE_URL']).replace(/\/callboard$/, `/${name}`);
    const service = await Service.start({ ...this.variables, CALLBOARD_ROLE: 'api', DATABASE_URL: url }, this.home);
    this.providers.push(service);
    this.publicAddress.sandbox = service.process.port;
  }
}
