/** One PostgreSQL server process: started, recognised when orphaned, and stopped. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Place } from './embedded-postgres-files.js';

export interface Running {
  readonly pid: number;
  readonly port: number;
}

const START_MS = 60_000;
/** Another program took the port first, or processes of a killed server still hold its memory. */
const PASSING_TROUBLE = /could not create any TCP\/IP sockets|pre-existing shared memory block/;
const STOP_MS = 10_000;
/** In the words of its process id file. */
const ACCEPTING = ['ready', 'standby'];

export class PostgresServer {
  private readonly log: string;
  private readonly name: string;
  private readonly command: readonly string[];

  constructor(
    private readonly place: Place,
    bin: string,
    settings: Readonly<Record<string, string>>,
  ) {
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { dev, ino } = statSync(place.data);
    this.log = join(place.base, 'postgres.log');
    this.name = `callboard-${dev}-${ino}`;
    this.command = [join(bin, 'postgres'), '-D', place.data, '-c', `cluster_name=${this.name}`, ...flags];
  }

  /** Starts the server on a free port and waits until it accepts connections. Raises an Error with the end of its log. */
  async launch(pickPort = freePort): Promise<Running> {
    // A pid file with a process id reused by another program would make the server refuse.
    rmSync(join(this.place.data, 'postmaster.pid'), { force: true });
    for (const started = Date.now(); ; await pause(200)) {
      const pid = await this.spawn(await pickPort());
      const port = await this.ready(pid);
      if (port !== undefined) return { pid, port };
      await this.stop(pid);
      const words = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-12);
      if (!PASSING_TROUBLE.test(words.slice(-2).join()) || Date.now() - started > START_MS) {
        throw new Error(`PostgreSQL does not start. The end of ${this.log}:\n${words.join('\n')}`);
      }
      this.endOrphans();
    }
  }

  /** A running query outlives a killed server, and no new server starts beside it. */
  private endOrphans(): void {
    const pids = process.platform === 'linux' ? readdirSync('/proc').map(Number) : [];
    const orphans = pids.filter((pid) => commandLine(pid).startsWith(`postgres: ${this.name}: `));
    for (const pid of orphans) unlessGone(() => process.kill(pid, 'SIGKILL'), false);
  }

  /** Detached: a ^C in the terminal reaches us, and we stop the server once the application has closed its connections. */
  private async spawn(port: number): Promise<number> {
    const [program = '', ...flags] = this.command;
    const log = openSync(this.log, 'a', 0o600);
    try {
      if (fstatSync(log).size > 10_000_000) ftruncateSync(log);
      const options = { ...this.place.account, cwd: '/', env: { LC_ALL: 'C' }, detached: true } as const;
      const child = spawn(program, [...flags, '-p', String(port)], { ...options, stdio: ['ignore', log, log] });
      await once(child, 'spawn');
      child.unref();
      return Number(child.pid);
    } finally {
      closeSync(log);
    }
  }

  /** The port of a server that accepts connections, if only to read, as a standby does; undefined if it ended or took longer than a minute. */
  async ready(pid: number): Promise<number | undefined> {
    let port: number | undefined;
    await until(() => {
      const [owner, , , listening, , , , status] = this.postmasterFile();
      if (Number(owner) === pid && ACCEPTING.includes(status?.trim() ?? '')) port = Number(listening);
      return port !== undefined || !this.isRunning(pid);
    }, START_MS);
    return port;
  }

  /** The process of a server on our data that outlived its owner. */
  leftBehind(): number | undefined {
    const pid = Number(this.postmasterFile()[0]);
    return this.isRunning(pid) ? pid : undefined;
  }

  hasOurSettings(pid: number): boolean {
    return commandLine(pid).startsWith(`${this.command.join(' ')} -p `);
  }

  /** Stops the server; returns when it is gone. Raises an Error if even SIGKILL does not help. */
  async stop(pid: number): Promise<void> {
    // Smart for a second (our sessions are about to end), fast (they are terminated), immediate (recovery follows), SIGKILL.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      this.signal(pid, signal);
      if (await until(() => !this.isRunning(pid), signal === 'SIGTERM' ? 1_000 : STOP_MS)) return;
    }
    throw new Error(`The PostgreSQL server, process ${pid}, does not stop: end it by hand.`);
  }

  /** Signals the server, never another process that took its id. */
  signal(pid: number, signal: NodeJS.Signals): void {
    if (this.isRunning(pid)) unlessGone(() => process.kill(pid, signal), false);
  }

  private isRunning(pid: number): boolean {
    return commandLine(pid).includes(`postgres -D ${this.place.data} -`);
  }

  private postmasterFile(): string[] {
    return unlessGone(() => readFileSync(join(this.place.data, 'postmaster.pid'), 'utf8'), '').split('\n');
  }
}

/** The command line of a process; '' for one that has ended, including a zombie. */
function commandLine(pid: number): string {
  return process.platform === 'linux'
    ? unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').replaceAll('\0', ' ')
    : spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).stdout.toString();
}

/** `otherwise` is returned if the process or its file went away meanwhile. */
function unlessGone<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch (error) {
    if (/ENOENT|ESRCH/.test(String(error))) return otherwise;
    throw error;
  }
}

async function until(condition: () => boolean, patience: number): Promise<boolean> {
  for (const end = Date.now() + patience; !condition(); await pause(20)) if (Date.now() > end) return false;
  return true;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
