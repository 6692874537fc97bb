/** Processes of the built service, each with a wall clock that can be stepped. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAIN, ServiceProcess, type Environment } from '../harness/service-process.js';

const CLOCK = new URL('clock.js', import.meta.url);

export class Service {
  private constructor(
    readonly process: ServiceProcess,
    private readonly clock: string,
  ) {}

  /**
   * Starts one with this environment and no other. Resolves once it is ready, or once it has ended, since the database may be down when
   * it starts. The offset of its clock is kept in `folder`.
   */
  static async start(environment: Environment, folder: string): Promise<Service> {
    const clock = join(await mkdtemp(join(folder, 'clock-')), 'offset');
    await writeFile(clock, '0');
    const preload = `${CLOCK.href}?file=${encodeURIComponent(clock)}`;
    const process = await ServiceProcess.start(environment, { args: ['--import', preload, MAIN], showErrors: true });
    await process.readyOrEnded();
    return new Service(process, clock);
  }

  /** Sets its wall clock off by so many milliseconds. */
  async stepClock(ms: number): Promise<void> {
    await writeFile(this.clock, String(ms));
  }
}
