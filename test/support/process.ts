/** The real service as child processes, and the homes they live in. Nothing of either outlives `endProcesses`. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenOnLoopback } from '../../harness/ports.js';
import { ServiceProcess, type Environment, type ServiceOptions } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { KeyRing } from '../../src/kernel/config/key-ring.js';
import { testQueueUrl } from './databases.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callboard-processes-')));
chmodSync(folder, 0o755); // started by root, the database runs as another user, who must reach its data
const services: ServiceProcess[] = [];
const homes: string[] = [];

/** The path of a home that does not exist yet. */
export function newHome(): string {
  const home = join(folder, `home ${homes.length + 1}`);
  homes.push(home);
  return home;
}

/** Starts the built service with this environment and no other; PORT is a free one unless given. */
export async function startService(environment: Environment, options?: ServiceOptions): Promise<ServiceProcess> {
  // The people of tests have numbers side by side, which looks like pumping.
  const guard = { PUMPING_GUARD: 'off' };
  const common = { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...guard };
  const service = await ServiceProcess.start({ ...common, ...environment }, options);
  services.push(service);
  return service;
}

/** The process of the embedded server on a home; undefined when none was left in order. */
export function postmasterOf(home: string): number | undefined {
  const file = join(home, 'postgres', 'postmaster.pid');
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : NaN;
  return Number.isNaN(pid) ? undefined : pid; // the server makes the file before it writes to it
}

/** False for a process that has ended, also where nobody has taken note of its end. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch (error) {
    if (/ESRCH|ENOENT/.test(String(error))) return false;
    throw error;
  }
}

/** Takes a port, any free one unless given, and never answers on it. */
export async function occupy(port = 0): Promise<{ port: number; release: () => void }> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy())).unref();
  return { port: await listenOnLoopback(server, port), release: () => server.close() };
}

type Needed = 'DATABASE_URL' | 'CALLBOARD_ADMIN_KEY' | 'CALLBOARD_ENCRYPTION_KEYS';
/** `QUEUE_URL` only where the tests run on Redis. */
type Deployment = Record<Needed, string> & { readonly QUEUE_URL?: string };

/** What a process needs beside the URL of a database that is not its own. */
export function deployment(databaseUrl: string): Deployment {
  const queueUrl = testQueueUrl();
  return {
    DATABASE_URL: databaseUrl,
    ...(queueUrl && { QUEUE_URL: queueUrl }),
    CALLBOARD_ADMIN_KEY: 'cb_admin_for_tests_only',
    CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
  };
}

/** Ends whatever still runs, and removes all homes. For `afterAll`, and `afterEach` where tests share nothing. */
export async function endProcesses(): Promise<void> {
  for (const service of services.splice(0)) await service.kill();
  for (const home of homes.splice(0)) {
    const server = postmasterOf(home);
    if (server !== undefined && isRunning(server)) {
      process.kill(server, 'SIGQUIT');
      await until(() => !isRunning(server));
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
