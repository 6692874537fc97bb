/** Base of queue processors: what a job leaves behind, and failures of the queue's store, which BullMQ retries by itself. */
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { UnrecoverableError, WaitingError, type Job, type Worker } from 'bullmq';
import { errorLine } from '../postgres/error-line.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { waitFor } from '../logging/waits.js';

/**
 * The same for every queue. A waiting worker is told of a job, and looks by itself every so many seconds (`drainDelay`) in case it
 * was not. A killed worker's jobs stall after ten seconds and run again elsewhere, as often as it takes. A
 * store that was away is asked again after a second: by BullMQ's default after fifteen, when a finished job has long stalled,
 * and has run twice.
 */
const WORKER_OPTIONS = {
  drainDelay: 15,
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000,
  runRetryDelay: 1_000,
};

/** Makes a QueueProcessor work on the queue of this name, on `concurrency` jobs at once in one process. */
export const QueueWorker = (queue: string, { concurrency }: { readonly concurrency: number }): ClassDecorator =>
  Processor(queue, { ...WORKER_OPTIONS, concurrency });

/** What the queue is told of any failure; its cause is for the log only. */
class JobFailed extends Error {
  constructor(cause: unknown) {
    super('see the log', { cause });
    this.name = 'JobFailed';
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** Thrown by a processor for a job that can never be done: it fails at once, however many attempts it may have. */
export class JobRefused extends UnrecoverableError {
  /** `words` are stored with the job, and hold nothing personal. */
  constructor(words: string) {
    super(words);
    this.name = 'JobRefused';
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** Thrown by a processor for a job that it cannot do now: the job waits again, as if nobody had taken it. */
export class JobPutBack extends Error {}

export abstract class QueueProcessor extends WorkerHost implements BeforeApplicationShutdown {
  protected readonly logger = new Logger(this.constructor.name);
  private readonly sparing = new SparingLogger(this.logger);

  /** Does what a job asks for. It may run twice. What it throws is logged by name. */
  protected abstract work(job: Job): Promise<void>;

  /**
   * For BullMQ, which stores what a job returns and why it failed: nothing, and the same words every time. A text may hold
   * personal data; and one that jsonb cannot hold would not be stored, so that the job would stall and run again.
   */
  async process(job: Job): Promise<void> {
    try {
      await this.work(job);
    } catch (error) {
      if (error instanceof JobPutBack) return this.putBack(job);
      throw error instanceof JobRefused ? error : new JobFailed(error);
    }
  }

  /** Where the queue's store is away too the job stalls, and is run again elsewhere: only BullMQ's own error says neither done nor failed. */
  private async putBack(job: Job): Promise<never> {
    await job.moveToWait(job.token).catch((error: unknown) => {
      this.sparing.warn(`A job was not put back, and stalls: ${errorLine(error)}`);
    });
    throw new WaitingError();
  }

  /**
   * Resolves when the worker has reached the queue's store. BullMQ (6.7.0) permanently remembers that its first connection to
   * PostgreSQL failed: such a worker would poll forever, without yielding to the event loop. Failing the start is better.
   */
  async ready(): Promise<void> {
    await this.workerIfAny()?.waitUntilReady();
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.sparing.warn(`The queue's store failed: ${errorLine(error)}`);
  }

  /** A job's own failure, or BullMQ's, such as a job that stalled too often. */
  @OnWorkerEvent('failed')
  onFailed(_job: Job | undefined, error: Error): void {
    if (error instanceof JobRefused) return this.sparing.warn(`A job was refused: ${error.message}`);
    this.logger.error(`A job failed: ${errorLine(error instanceof JobFailed ? error.cause : error)}`);
  }

  /** Takes no more jobs and finishes running ones while their dependencies are available: HTTP and the pools close later. */
  async beforeApplicationShutdown(): Promise<void> {
    const worker = this.workerIfAny();
    if (worker) await waitFor(`queue ${worker.name}`, () => worker.close());
  }

  /**
   * Undefined in an api process, which never works on jobs. Close the worker even if it never reported ready: one whose store
   * was away at that moment works nonetheless, and left open it would poll a closed pool in a busy loop, forever.
   */
  private workerIfAny(): Worker | undefined {
    try {
      return this.worker;
    } catch (error) {
      this.logger.debug(`Nothing to close: ${String(error)}`);
      return undefined;
    }
  }
}
