/** What a measure is given to work with, and what it must be. */
import type { Run } from './cpu.js';
import { Desk } from './desk.js';
import type { Finding } from './findings.js';
import { Ground } from './ground.js';
import type { Load } from './load.process.js';
import type { Provider } from './provider.process.js';
import { RedisServer } from '../harness/redis-server.js';
import { Remote } from './remote.js';
import { writeStatements } from './statements.js';

export interface Measure {
  /** For `--only`. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly about: string;
  /** Left out of the short form, unless it is asked for by name. */
  readonly onlyFull?: boolean;
  run(bench: Bench): Promise<Finding[]>;
}

export interface BenchOptions {
  /** All sizes as the design asks for them; else small enough for five minutes in all. */
  readonly full: boolean;
  /** What the provider takes to answer, in milliseconds. */
  readonly latencyMs: number;
  /** A folder for CPU profiles of the service's processes, and for what their statements cost. */
  readonly profile?: string;
  readonly say: (line: string) => void;
}

export class Bench {
  private readonly closing: (() => Promise<void>)[] = [];

  private constructor(
    readonly options: BenchOptions,
    readonly ground: Ground,
    readonly provider: Remote<Provider>,
    readonly providerUrl: string,
    readonly load: Remote<Load>,
    readonly redis: RedisServer | undefined,
  ) {}

  static async open(options: BenchOptions): Promise<Bench> {
    const ground = await Ground.open({ statements: options.profile !== undefined });
    const provider = Remote.start<Provider>('provider.process.js');
    const providerUrl = await provider.call('listen', { latencyMs: options.latencyMs });
    const load = Remote.start<Load>('load.process.js');
    return new Bench(options, ground, provider, providerUrl, load, await RedisServer.open());
  }

  get full(): boolean {
    return this.options.full;
  }

  say(line: string): void {
    this.options.say(line);
  }

  /** A Callboard on a fresh database, or on one given. Nothing runs yet. */
  async desk({ databaseUrl, queueUrl }: { databaseUrl?: string; queueUrl?: string } = {}): Promise<Desk> {
    const { profile } = this.options;
    const desk = new Desk({
      ...{ databaseUrl: databaseUrl ?? (await this.ground.database()), providerUrl: this.providerUrl, queueUrl },
      nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    });
    this.finally(() => desk.close());
    if (profile !== undefined) this.finally(() => writeStatements(desk, profile));
    return desk;
  }

  /** Times work that answers how many it did, by the clock and by the CPU of a process and of the database. */
  async run(remote: Remote<{ cpu: () => Promise<number> }>, work: () => Promise<number>): Promise<Run> {
    const service = await remote.call('cpu');
    const database = this.ground.cpu();
    const started = performance.now();
    const count = await work();
    const perSecond = (count / (performance.now() - started)) * 1_000;
    const each = (now: number, before: number): number => ((now - before) / count) * 1_000;
    const cost = { service: each(await remote.call('cpu'), service) };
    const after = this.ground.cpu();
    if (database === undefined || after === undefined) return { perSecond, cost };
    return { perSecond, cost: { ...cost, database: each(after, database) } };
  }

  /** Does this when the measure is over. */
  finally(close: () => Promise<void>): void {
    this.closing.push(close);
  }

  /** Closes what a measure left open. */
  async tidy(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  async close(): Promise<void> {
    await this.tidy();
    await Promise.all([this.provider.end(), this.load.end(), this.redis?.close()]);
    await this.ground.close();
  }
}
