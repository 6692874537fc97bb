/** A measure, and what it works with. */
import type { Run } from './cpu.js';
import { Callboard } from './callboard.js';
import type { Finding } from './findings.js';
import { Infrastructure } from './infrastructure.js';
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
  /** Not part of the short form, unless it is selected by name. */
  readonly onlyFull?: boolean;
  run(bench: Bench): Promise<Finding[]>;
}

export interface BenchOptions {
  /** All sizes as the design requires them; otherwise small enough for five minutes in total. */
  readonly full: boolean;
  /** The provider's latency in milliseconds. */
  readonly latencyMs: number;
  /** A folder for CPU profiles of the service's processes, and for the costs of their statements. */
  readonly profile?: string;
  readonly say: (line: string) => void;
}

export class Bench {
  private readonly closing: (() => Promise<void>)[] = [];

  private constructor(
    readonly options: BenchOptions,
    readonly infrastructure: Infrastructure,
    readonly provider: Remote<Provider>,
    readonly providerUrl: string,
    readonly load: Remote<Load>,
    readonly redis: RedisServer | undefined,
  ) {}

  static async open(options: BenchOptions): Promise<Bench> {
    const infrastructure = await Infrastructure.open({ statements: options.profile !== undefined });
    const provider = Remote.start<Provider>('provider.process.js');
    const providerUrl = await provider.call('listen', { latencyMs: options.latencyMs });
    const load = Remote.start<Load>('load.process.js');
    return new Bench(options, infrastructure, provider, providerUrl, load, await RedisServer.open());
  }

  get full(): boolean {
    return this.options.full;
  }

  say(line: string): void {
    this.options.say(line);
  }

  /** A Callboard on a fresh database, or on one given. Nothing runs yet. */
  async callboard({ databaseUrl, queueUrl }: { databaseUrl?: string; queueUrl?: string } = {}): Promise<Callboard> {
    const { profile } = this.options;
    const callboard = new Callboard({
      databaseUrl: databaseUrl ?? (await this.infrastructure.database()),
      providerUrl: this.providerUrl,
      queueUrl,
      nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    });
    this.finally(() => callboard.close());
    if (profile !== undefined) this.finally(() => writeStatements(callboard, profile));
    return callboard;
  }

  /** Measures work that answers how much it did: its rate, and the CPU time of a process and of the database. */
  async run(remote: Remote<{ cpu: () => Promise<number> }>, work: () => Promise<number>): Promise<Run> {
    const service = await remote.call('cpu');
    const database = this.infrastructure.cpu();
    const started = performance.now();
    const count = await work();
    const perSecond = (count / (performance.now() - started)) * 1_000;
    const each = (now: number, before: number): number => ((now - before) / count) * 1_000;
    const cost = { service: each(await remote.call('cpu'), service) };
    const after = this.infrastructure.cpu();
    if (database === undefined || after === undefined) return { perSecond, cost };
    return { perSecond, cost: { ...cost, database: each(after, database) } };
  }

  /** Registers a clean-up for the end of the measure. */
  finally(close: () => Promise<void>): void {
    this.closing.push(close);
  }

  /** Runs the clean-ups of a measure. */
  async tidy(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  async close(): Promise<void> {
    await this.tidy();
    await Promise.all([this.provider.end(), this.load.end(), this.redis?.close()]);
    await this.infrastructure.close();
  }
}
