/** Base of queue processors: failures of the queue's store are normal life, logged and retried by BullMQ itself. */
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import type { Job, Worker } from 'bullmq';
import { SparingLogger } from '../logging/sparing-logger.js';

export abstract class QueueProcessor extends WorkerHost implements BeforeApplicationShutdown {
  private static readonly open = new Set<QueueProcessor>();
  protected readonly logger = new Logger(this.constructor.name);
  private readonly sparing = new SparingLogger(this.logger);

  constructor() {
    super();
    QueueProcessor.open.add(this);
  }

  /**
   * Resolves when all have reached the queue's store. BullMQ (6.7.0) remembers for good that its first connection to PostgreSQL failed: a
   * worker to which that happened would ask for ever, without a turn of the event loop. Better not to have started.
   */
  static async allReady(): Promise<void> {
    await Promise.all([...QueueProcessor.open].map(async (processor) => processor.workerIfAny()?.waitUntilReady()));
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.sparing.warn(`The queue's store failed: ${error.name}`);
  }

  @OnWorkerEvent('failed')
  onFailed(_job: Job | undefined, error: Error): void {
    this.logger.error(`A job failed: ${error.name} ${error.stack?.split('\n')[1]?.trim() ?? ''}`);
  }

  /** Takes no more jobs and finishes those in hand while all that they need is there: HTTP and the pools close after this. */
  async beforeApplicationShutdown(): Promise<void> {
    QueueProcessor.open.delete(this);
    await this.workerIfAny()?.close();
  }

  /**
   * Undefined in an api process, which never works on jobs. Whether the worker has said that it is ready must not matter: one whose
   * store was away at that moment works all the same, and left open it would ask a closed pool without a pause, for ever.
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
