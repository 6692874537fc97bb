/** A Redis that may lose all it has, and die. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../bench/ports.js';

export class RedisStore {
  private server: ChildProcess;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {
    this.server = this.launch();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Raises an Error where the machine has no `redis-server`. */
  static async open(): Promise<RedisStore> {
    const store = new RedisStore(await freePort(), await mkdtemp(join(tmpdir(), 'callboard-chaos-redis-')));
    await store.answers();
    return store;
  }

  /** Forgets everything. */
  async flush(): Promise<void> {
    const client = new Redis(this.url);
    await client.flushall();
    client.disconnect();
  }

  /** Dies, and comes back with nothing. */
  async crash(): Promise<void> {
    await this.end();
    this.server = this.launch();
    await this.answers();
  }

  async close(): Promise<void> {
    await this.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  private launch(): ChildProcess {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    return spawn('redis-server', [...options, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
  }

  private async answers(): Promise<void> {
    const client = new Redis(this.url, { maxRetriesPerRequest: 100 });
    client.on('error', () => undefined); // it is asked again until it is there
    await client.ping();
    client.disconnect();
  }

  private async end(): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const ended = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await ended;
  }
}
