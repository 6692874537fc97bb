/** Base of queue processors: failures of the queue's store are normal life, logged and retried by BullMQ itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import type { Job, Worker } from 'bullmq';

const REST_MS = 1_000;

export abstract class QueueProcessor extends WorkerHost implements BeforeApplicationShutdown {
  protected readonly logger = new Logger(this.constructor.name);

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn(`The queue's store failed: ${error.name}`);
    void this.rest();
  }

  @OnWorkerEvent('failed')
  onFailed(_job: Job | undefined, error: Error): void {
    this.logger.error(`A job failed: ${error.name} ${error.stack?.split('\n')[1]?.trim() ?? ''}`);
  }

  /**
   * Asks for no jobs for a moment. BullMQ (6.7.0, `Worker.mainLoop`) asks again at once after any failure but a lost connection, such as
   * a database that only reads: as fast as it can, and with a pool that is closed without so much as a turn of the event loop.
   */
  private async rest(): Promise<void> {
    const worker = this.workerIfAny();
    if (!worker || worker.isPaused()) return;
    await worker.pause(true);
    await delay(REST_MS, undefined, { ref: false });
    await worker.resume();
  }

  /** Takes no more jobs and finishes those in hand while all that they need is there: HTTP and the pools close after this. */
  async beforeApplicationShutdown(): Promise<void> {
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
