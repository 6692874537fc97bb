/** Processes of the built service. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../bench/ports.js';

/** Seen from the compiled file, dist/chaos/service.js. */
const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));
const CLOCK = new URL('clock.js', import.meta.url);
const READY_MS = 60_000;

export class Service {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly clock: string,
  ) {}

  /**
   * One with this environment and no other, once it serves; or once it has ended, since the database may be away as it starts. Its
   * clock is kept in `folder`.
   */
  static async start(environment: Readonly<Record<string, string>>, folder: string): Promise<Service> {
    const port = await freePort();
    const env = { ...environment, PORT: String(port) };
    const clock = join(await mkdtemp(join(folder, 'clock-')), 'offset');
    await writeFile(clock, '0');
    const preload = `${CLOCK.href}?file=${encodeURIComponent(clock)}`;
    const child = spawn(process.execPath, ['--import', preload, MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const service = new Service(child, port, clock);
    await service.ready();
    return service;
  }

  /** Stops it for a while, as a machine does that swaps or is moved. */
  async freeze(ms: number): Promise<void> {
    this.child.kill('SIGSTOP');
    await delay(ms);
    this.child.kill('SIGCONT');
  }

  /** Its wall clock is wrong by so many milliseconds from now on. */
  async stepClock(ms: number): Promise<void> {
    await writeFile(this.clock, String(ms));
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGCONT'); // one that is frozen hears nothing
    this.child.kill(signal);
    await ended;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    const answers = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${this.port}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!this.hasEnded && !(await answers())) {
      if (Date.now() > deadline) throw new Error('a process was not ready within a minute');
      await delay(20);
    }
  }
}
