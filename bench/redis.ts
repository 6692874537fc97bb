/** A Redis of our own, where the machine has one. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';

export interface RedisServer {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/**
 * Undefined where there is no `redis-server`. As BullMQ's guide to production asks: append-only file, synced every second. `more` are
 * options of the server.
 */
export async function startRedis(more: readonly string[] = []): Promise<RedisServer | undefined> {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'callboard-redis-'));
  const port = await freePort();
  const options = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'everysec',
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
  ];
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...options, ...more],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  return {
    url: `redis://127.0.0.1:${port}`,
    version: /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown',
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
