/** A Redis server of our own, where the machine has one. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './ports.js';

/** As BullMQ's guide to production asks: an append-only file, synced every second. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

export interface RedisOptions {
  /** False: a crash loses everything. */
  readonly durable?: boolean;
  /** More options of the server. */
  readonly args?: readonly string[];
}

export class RedisServer {
  private process: ChildProcess;

  private constructor(
    readonly version: string,
    private readonly port: number,
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {
    this.process = this.launch();
  }

  /** Resolves once it answers; undefined where the machine has no `redis-server`. */
  static async open({ durable = true, args = [] }: RedisOptions = {}): Promise<RedisServer | undefined> {
    const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
    if (status !== 0) return undefined;
    const version = /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown';
    const folder = await mkdtemp(join(tmpdir(), 'callboard-redis-'));
    const options = ['--save', '', '--maxmemory-policy', 'noeviction', ...(durable ? DURABLE : []), ...args];
    const server = new RedisServer(version, await freePort(), folder, options);
    await server.ready();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Deletes all keys. */
  async flush(): Promise<void> {
    const client = new Redis(this.url);
    await client.flushall();
    client.disconnect();
  }

  /** Kills it, and starts it again. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
    this.process = this.launch();
    await this.ready();
  }

  /** Ends it, and removes what it has stored. */
  async close(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  private launch(): ChildProcess {
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    return spawn('redis-server', [...place, ...this.options], { stdio: 'ignore' });
  }

  private async ready(): Promise<void> {
    const client = new Redis(this.url, { maxRetriesPerRequest: 100 });
    client.on('error', () => undefined); // the ping is repeated until the server listens
    await client.ping();
    client.disconnect();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }
}
