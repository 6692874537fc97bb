/** Base of queue processors: failures of the queue's store are expected, logged and retried by BullMQ itself. */
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import type { Job, Worker } from 'bullmq';
import { errorLine } from '../postgres/error-line.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { waitFor } from '../logging/waits.js';

export abstract class QueueProcessor extends WorkerHost implements BeforeApplicationShutdown {
  private static readonly open = new Set<QueueProcessor>();
  protected readonly logger = new Logger(this.constructor.name);
  private readonly sparing = new SparingLogger(this.logger);

  constructor() {
    super();
    QueueProcessor.open.add(this);
  }

  /**
   * Resolves when all have reached the queue's store. BullMQ (6.7.0) permanently remembers that its first connection to
   * PostgreSQL failed: such a worker would poll forever, without yielding to the event loop. Failing the start is better.
   */
  static async allReady(): Promise<void> {
    await Promise.all([...QueueProcessor.open].map(async (processor) => processor.workerIfAny()?.waitUntilReady()));
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.sparing.warn(`The queue's store failed: ${errorLine(error)}`);
  }

  @OnWorkerEvent('failed')
  onFailed(_job: Job | undefined, error: Error): void {
    this.logger.error(`A job failed: ${errorLine(error)}`);
  }

  /** Takes no more jobs and finishes running ones while their dependencies are available: HTTP and the pools close later. */
  async beforeApplicationShutdown(): Promise<void> {
    QueueProcessor.open.delete(this);
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
