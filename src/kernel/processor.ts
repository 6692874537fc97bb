/** Base of queue processors: failures of the queue's store are normal life, logged and retried by BullMQ itself. */
import { Logger } from '@nestjs/common';
import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';

export abstract class QueueProcessor extends WorkerHost {
  protected readonly logger = new Logger(this.constructor.name);

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn(`The queue's store failed: ${error.name}`);
  }

  @OnWorkerEvent('failed')
  onFailed(_job: Job | undefined, error: Error): void {
    this.logger.error(`A job failed: ${error.name} ${error.stack?.split('\n')[1]?.trim() ?? ''}`);
  }
}
