/** The demo's own Callboard: a child process on a free port, with a home directory that is deleted afterwards. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, fetch } from 'undici';
import { Api } from './api.js';

/** Relative to the compiled file, dist/src/demo/service.js. */
const MAIN = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));
const START_MS = 60_000;
/** Longer than the service's own shutdown timeout. */
const STOP_MS = 30_000;
const LOG = 'service.log';
const LOG_LINES = 20;

export class DemoService {
  private readonly connections = new Agent();

  private constructor(
    private readonly home: string,
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  /** Starts the process; `ready` waits until it serves. */
  static async launch(): Promise<DemoService> {
    const home = await mkdtemp(join(tmpdir(), 'callboard-demo-'));
    await chmod(home, 0o755); // under root, its PostgreSQL runs as another user, who must be able to read its data
    const port = await freePort();
    const log = await open(join(home, LOG), 'a');
    const child = spawn(process.execPath, [MAIN], {
      // None of the user's own configuration: no real provider, no other database.
      env: {
        CALLBOARD_HOME: home,
        CALLBOARD_SANDBOX: 'on',
        PORT: String(port),
        LOG_LEVEL: 'warn',
        npm_lifecycle_event: 'demo', // makes it stop when the demo is killed
      },
      detached: true, // ^C reaches only the demo, which then stops it
      stdio: ['ignore', log.fd, log.fd],
    });
    child.on('error', () => undefined); // it could not be started: `ready` reports that
    await log.close();
    return new DemoService(home, child, `http://127.0.0.1:${port}`);
  }

  /**
   * Waits until it serves. Returns an API client for the platform's admin, which `signal` aborts. Raises an Error if the
   * process exits instead, or takes a minute.
   */
  async ready(signal: AbortSignal): Promise<Api> {
    const deadline = performance.now() + START_MS;
    while (!(await this.answers())) {
      if (this.hasEnded()) throw new Error('The service ended while it was starting.');
      if (performance.now() > deadline) throw new Error(`The service was not ready within ${START_MS / 1000} s.`);
      await delay(50, undefined, { signal });
    }
    const adminKey = (await readFile(join(this.home, 'admin-key'), 'utf8')).trim();
    return new Api({ url: this.url, dispatcher: this.connections, signal }, adminKey);
  }

  /** The end of its log, and its exit status if it has exited. */
  async report(): Promise<string> {
    // A lost connection may be the first sign of its exit.
    if (!this.hasEnded()) await Promise.race([once(this.child, 'exit'), delay(500)]);
    const lines = (await readFile(join(this.home, LOG), 'utf8')).trimEnd().split('\n').slice(-LOG_LINES);
    const { exitCode, signalCode } = this.child;
    return [...lines, ...(this.hasEnded() ? [`(ended: ${signalCode ?? `exit code ${exitCode}`})`] : [])].join('\n');
  }

  /** Stops it and deletes its home directory. */
  async stop(): Promise<void> {
    await this.connections.destroy(); // an open connection would delay its exit
    const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    if (!this.hasEnded()) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    clearTimeout(force);
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  private hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  private answers(): Promise<boolean> {
    const signal = AbortSignal.timeout(2_000);
    return fetch(`${this.url}/health/ready`, { signal, dispatcher: this.connections }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await once(probe.close(), 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
