/** Callboard in its own process: the service as `npm start` runs it, and the loops it is compared with. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from '../harness/app.js';
import type { AppConfig } from '../src/app.config.js';
import { JobPerMessage } from './job-per-message.js';
import { rawLoop, type RawLoop } from './raw-loop.js';
import { cpuMs, serve } from './remote.js';

export interface Memory {
  /** Resident bytes now, after a garbage collection. */
  readonly now: number;
  /** Bytes still in use then. */
  readonly live: number;
  /** The peak of the resident bytes. */
  readonly peak: number;
}

let app: NestFastifyApplication | undefined;
let jobs: JobPerMessage | undefined;

function opened<T>(value: T | undefined): T {
  if (!value) throw new Error('It is not open yet');
  return value;
}

const callboard = {
  /** Starts the service, listening. */
  open: async (config: AppConfig): Promise<void> => {
    app = await startApp(config);
  },
  close: async (): Promise<void> => {
    await jobs?.close();
    await opened(app).close();
  },
  /** Renders and calls the provider, and nothing else. Answers how many messages. */
  raw: (input: RawLoop): Promise<number> => rawLoop(opened(app), input),
  /** Turns each waiting message into one BullMQ job, and takes it out of the product's own pending queue. */
  enqueue: async (laneId: string): Promise<number> => {
    jobs ??= await JobPerMessage.open(opened(app));
    return jobs.enqueue(laneId);
  },
  /** Processes all jobs. Answers how many. */
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
export type CallboardProcess = typeof callboard;
serve(callboard);
