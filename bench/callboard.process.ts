/** Callboard itself, in a process of its own: the service as `npm start` runs it, and the loops it is compared with. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from '../harness/app.js';
import type { AppConfig } from '../src/app.config.js';
import { JobPerMessage } from './job-per-message.js';
import { rawLoop, type RawLoop } from './raw-loop.js';
import { cpuMs, serve } from './remote.js';

export interface Memory {
  /** Resident bytes now, after a garbage collection. */
  readonly now: number;
  /** Bytes of what is still in use then. */
  readonly live: number;
  /** The most there ever were. */
  readonly peak: number;
}

let app: NestFastifyApplication | undefined;
let jobs: JobPerMessage | undefined;

function opened<T>(thing: T | undefined): T {
  if (!thing) throw new Error('It is not open yet');
  return thing;
}

const desk = {
  /** Starts the service, listening. */
  open: async (config: AppConfig): Promise<void> => {
    app = await startApp(config);
  },
  close: async (): Promise<void> => {
    await jobs?.close();
    await opened(app).close();
  },
  /** Renders and calls the provider, and nothing else. Answers how many. */
  raw: (input: RawLoop): Promise<number> => rawLoop(opened(app), input),
  /** Makes one BullMQ job of each waiting message, which then no longer waits in the product's own line. */
  enqueue: async (laneId: string): Promise<number> => {
    jobs ??= await JobPerMessage.open(opened(app));
    return jobs.enqueue(laneId);
  },
  /** Works all jobs off. Answers how many. */
  work: (concurrency: number): Promise<number> => opened(jobs).work(concurrency),
  /** Milliseconds of CPU that this process has used. */
  cpu: () => Promise.resolve(cpuMs()),
  memory: (): Promise<Memory> => {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss: now, heapUsed, external } = process.memoryUsage();
    return Promise.resolve({ now, live: heapUsed + external, peak: process.resourceUsage().maxRSS * 1024 });
  },
};
export type Desk = typeof desk;
serve(desk);
