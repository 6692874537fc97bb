/** The real service as child processes, and the homes they live in. Nothing of either outlives `endProcesses`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { KeyRing } from '../../src/kernel/config/key-ring.js';
import { freePort, testQueueUrl } from './house.js';
import { until } from './until.js';

export type Environment = Readonly<Record<string, string>>;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceOptions {
  readonly program?: string;
  readonly args?: readonly string[];
  /** Which user runs it; only root may choose. */
  readonly uid?: number;
  /** It has children of its own that may outlive it: `endProcesses` then ends all of them. */
  readonly group?: boolean;
}

/** One process that was started, and what it has said so far. */
export class Service {
  out = '';
  err = '';
  /** When it has ended and everything it started has let go of its output. */
  readonly ended: Promise<Ending>;
  private ending: Ending | undefined;

  constructor(
    readonly child: ChildProcess,
    readonly url: string,
    private readonly group = false,
  ) {
    child.stdout?.on('data', (text: Buffer) => (this.out += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (this.err += text.toString()));
    this.ended = new Promise((end) => {
      child.on('close', (code, signal) => end((this.ending = { code, signal })));
    });
  }

  /** Resolves when it says that it is ready. Raises an Error with what it said when it ends instead. */
  async ready(): Promise<this> {
    await until(() => this.out.includes('Callboard is ready.') || this.ending !== undefined);
    if (this.ending) throw new Error(`It ended with ${JSON.stringify(this.ending)}:\n${this.out}${this.err}`);
    return this;
  }

  /** Asks it to stop, and waits until it has. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.child.kill(signal);
    return this.ended;
  }

  /** Ends it at once, with its group if it has one. */
  async kill(): Promise<void> {
    const { pid } = this.child;
    if (this.group && pid !== undefined && !this.ending) process.kill(-pid, 'SIGKILL');
    await this.stop('SIGKILL');
  }

  /** The answer of a route: an object where it is JSON, else its text. */
  async call<Body>(method: string, path: string, { key, body, tenant }: Call = {}): Promise<Answer<Body>> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(tenant && { 'x-tenant-id': tenant }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Body };
  }
}

interface Call {
  readonly key?: string;
  readonly tenant?: string;
  readonly body?: unknown;
}

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callboard-processes-')));
chmodSync(folder, 0o755); // started by root, the database runs as another user, who must reach its data
const services: Service[] = [];
const homes: string[] = [];

/** The path of a home that does not exist yet. */
export function newHome(): string {
  const home = join(folder, `home ${homes.length + 1}`);
  homes.push(home);
  return home;
}

const { NODE_COMPILE_CACHE } = process.env;
const compileCache = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: resolve(NODE_COMPILE_CACHE) };

/** Starts the built service with this environment and no other; PORT is a free one unless given. */
export async function startService(environment: Environment, options: ServiceOptions = {}): Promise<Service> {
  const { program = process.execPath, args = [resolve('dist', 'src', 'main.js')], uid, group = false } = options;
  const port = environment['PORT'] ?? String(await freePort());
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', ...compileCache, LOG_LEVEL: 'warn', PORT: port, ...environment },
    ...(uid !== undefined && { uid, gid: uid }),
    detached: group,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const service = new Service(child, `http://127.0.0.1:${port}`, group);
  services.push(service);
  return service;
}

/** The process of the embedded server on a home; undefined when none was left in order. */
export function postmasterOf(home: string): number | undefined {
  const file = join(home, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
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
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, release: () => server.close() };
}

/** The URL of a new database with nothing in it. */
export async function emptyDatabase(): Promise<string> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new Error('Run the tests with `npm test`: it starts the database they need');
  const name = `processes_${randomBytes(6).toString('hex')}`;
  await query(server, `create database ${name} template template0`);
  return server.replace(/\/callboard$/, `/${name}`);
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

export async function query<Row extends object>(databaseUrl: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
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
