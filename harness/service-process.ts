/** The built service as a child process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { callApi, type ApiAnswer, type ApiCall } from './api-call.js';
import { freePort } from './ports.js';
import { until } from './until.js';

/** The service's entry, seen from the root of the repository, where npm runs everything. */
export const MAIN = resolve('dist', 'bundle', 'main.js');

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
  /** It has children of its own that may outlive it: `kill` then ends all of them. */
  readonly group?: boolean;
  /** Shows its errors instead of keeping them in `err`. */
  readonly showErrors?: boolean;
}

/** One process that was started, and what it has printed so far. */
export class ServiceProcess {
  out = '';
  err = '';
  /** When it has ended and everything it started has let go of its output. */
  readonly ended: Promise<Ending>;
  private ending: Ending | undefined;

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    private readonly group: boolean,
  ) {
    child.stdout?.on('data', (text: Buffer) => (this.out += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (this.err += text.toString()));
    this.ended = new Promise((end) => {
      child.on('close', (code, signal) => end((this.ending = { code, signal })));
    });
  }

  /** Starts it with this environment and no other; PORT is a free one unless given. */
  static async start(environment: Environment, options: ServiceOptions = {}): Promise<ServiceProcess> {
    const { program = process.execPath, args = [MAIN], uid, group = false, showErrors = false } = options;
    const port = environment['PORT'] ?? String(await freePort());
    const child = spawn(program, args, {
      env: { ...environment, PORT: port },
      ...(uid !== undefined && { uid, gid: uid }),
      detached: group,
      stdio: ['ignore', 'pipe', showErrors ? 'inherit' : 'pipe'],
    });
    return new ServiceProcess(child, Number(port), group);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  /** Resolves when it reports that it is ready, or when it has ended instead. */
  async readyOrEnded(): Promise<this> {
    const isSo = (): boolean => this.out.includes('Callboard is ready.') || this.hasEnded;
    await until(isSo, { what: 'The service is ready', everyMs: 20 });
    return this;
  }

  /** Resolves when it reports that it is ready. Raises an Error with what it printed when it ends instead. */
  async ready(): Promise<this> {
    await this.readyOrEnded();
    if (this.ending) throw new Error(`It ended with ${JSON.stringify(this.ending)}:\n${this.out}${this.err}`);
    return this;
  }

  /** Suspends it for a while, like a machine that swaps or is moved. */
  async freeze(ms: number): Promise<void> {
    this.child.kill('SIGSTOP');
    await delay(ms);
    this.child.kill('SIGCONT');
  }

  /** Asks it to stop, and waits until it has. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    if (signal !== 'SIGKILL') this.child.kill('SIGCONT'); // a suspended process acts on no other signal but that one
    this.child.kill(signal);
    return this.ended;
  }

  /** Ends it at once, with its group if it has one. */
  async kill(): Promise<void> {
    const { pid } = this.child;
    if (this.group && pid !== undefined && !this.hasEnded) process.kill(-pid, 'SIGKILL');
    await this.stop('SIGKILL');
  }

  /** Calls a route of its API. */
  call<Body>(method: string, path: string, call: ApiCall = {}): Promise<ApiAnswer<Body>> {
    return callApi<Body>(this.url, method, path, call);
  }
}
