/** A deployment to rehearse on: one api and two workers, each of a release, on a database that may move. */
import { randomBytes } from 'node:crypto';
import type { PostgresServer } from '../harness/postgres-server.js';
import { PublicAddress } from '../harness/public-address.js';
import { MAIN, ServiceProcess } from '../harness/service-process.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { KeyRing } from '../src/kernel/index.js';

export type Role = 'api' | 'worker';

export const ADMIN_KEY = 'cb_admin_of_rehearsals_only';

export class Deployment {
  private readonly processes: Record<Role, ServiceProcess[]> = { api: [], worker: [] };
  private readonly providers: ServiceProcess[] = [];
  readonly variables: Readonly<Record<string, string>>;

  private constructor(
    private readonly publicAddress: PublicAddress,
    private readonly database: TcpProxy,
    databaseUrl: string,
  ) {
    this.variables = {
      LOG_LEVEL: 'silent',
      PUBLIC_URL: publicAddress.url,
      CALLBOARD_SANDBOX: 'on',
      CALLBOARD_ADMIN_KEY: ADMIN_KEY,
      CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
      DATABASE_URL: at(databaseUrl, database.port),
      DATABASE_POOL_SIZE: '10',
    };
  }

  /**
   * Starts it without workers on the database of `postgres`, reached by an address that stays: a stand-in for the name, virtual
   * address or load balancer by which a deployment reaches whichever server is the primary. The providers' sandbox is a Callboard
   * of its own, on `record`, a server that nothing happens to.
   */
  static async open(postgres: PostgresServer, record: PostgresServer, main = MAIN): Promise<Deployment> {
    const proxy = await TcpProxy.to(postgres.port);
    const deployment = new Deployment(await PublicAddress.open(), proxy, postgres.url);
    try {
      await deployment.startProviders(record);
      await deployment.start('api', main);
      return deployment;
    } catch (error) {
      await deployment.close();
      throw error;
    }
  }

  /** Its public address, which leads to the newest api. */
  get url(): string {
    return this.publicAddress.url;
  }

  /** Starts one more process of a role, and waits until it is ready. */
  async start(role: Role, main = MAIN): Promise<void> {
    const service = await ServiceProcess.start({ ...this.variables, CALLBOARD_ROLE: role }, { args: [main] });
    this.processes[role].push(await service.ready());
    if (role === 'api') this.publicAddress.api = service.port;
  }

  /** As a rolling upgrade does it: the new one is ready before the oldest is asked to stop. Raises an Error if it does not stop in order. */
  async replace(role: Role, main = MAIN): Promise<void> {
    await this.start(role, main);
    const ending = await this.processes[role].shift()?.stop('SIGTERM');
    if (ending?.code !== 0) throw new Error(`The ${role} did not stop in order: ${JSON.stringify(ending)}`);
  }

  /** Runs a program beside it with its variables. Answers what it printed, and its exit code. */
  async run(main: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> {
    const command = await ServiceProcess.start(this.variables, { args: [main, ...args] });
    const { code } = await command.ended;
    return { code, out: `${command.out}${command.err}` };
  }

  /** Nobody reaches the database. */
  cutDatabase(): void {
    this.database.cut();
  }

  /** Every connection leads to this server from now on. */
  moveTo(postgres: PostgresServer): void {
    this.database.pointTo(postgres.port);
    this.database.restore();
  }

  /** Ends all processes but the providers', at once. */
  async lose(): Promise<void> {
    const all = [...this.processes.api.splice(0), ...this.processes.worker.splice(0)];
    await Promise.all(all.map((service) => service.kill()));
  }

  async close(): Promise<void> {
    await this.lose();
    await Promise.all(this.providers.map((service) => service.kill()));
    this.publicAddress.close();
    await this.database.close();
  }

  private async startProviders(record: PostgresServer): Promise<void> {
    const url = await record.createDatabase(`providers_${randomBytes(4).toString('hex')}`);
    const environment = { ...this.variables, CALLBOARD_ROLE: 'api', DATABASE_URL: url };
    const service = await ServiceProcess.start(environment, {});
    this.providers.push(await service.ready());
    this.publicAddress.sandbox = service.port;
  }
}

function at(databaseUrl: string, port: number): string {
  return Object.assign(new URL(databaseUrl), { port: String(port) }).href;
}
