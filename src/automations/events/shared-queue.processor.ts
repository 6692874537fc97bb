/** The queue by which services that share its store say what happened: a job is an event, and its name the event's type. */
import { InjectQueue } from '@nestjs/bullmq';
import type { Job, Queue } from 'bullmq';
import { InvalidRequest, JobPutBack, JobRefused, QueueProcessor, QueueWorker } from '../../kernel/index.js';
import { EventDeliveries, type DeliveredEvent } from './event-deliveries.js';

export const SHARED_EVENTS = 'callboard-events';

/** Each waits for its commit, which they share. */
const CONCURRENCY = 20;

@QueueWorker(SHARED_EVENTS, { concurrency: CONCURRENCY })
export class SharedQueueProcessor extends QueueProcessor {
  private readonly stopping = new AbortController();

  constructor(
    @InjectQueue(SHARED_EVENTS) queue: Queue,
    private readonly deliveries: EventDeliveries,
  ) {
    super();
    queue.on('error', () => undefined); // without a listener BullMQ prints it raw; the worker says so, and readiness does
  }

  /** A refused job fails for good, whatever attempts it was given; one that waits for the database is put back by a shutdown. */
  protected override async work(job: Job): Promise<void> {
    const { id = '', timestamp } = job;
    const delivery = { origin: 'queue', place: `${timestamp}/${id}`, read: () => eventOf(job) } as const;
    const verdict = await this.deliveries.take(delivery, this.stopping.signal);
    if (verdict === 'interrupted') throw new JobPutBack();
    if (verdict !== 'accepted') throw new JobRefused(`${verdict.code}: ${verdict.description}`);
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await super.beforeApplicationShutdown();
  }
}

/** Raises InvalidRequest. */
function eventOf({ name, data }: Job<unknown>): DeliveredEvent {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new InvalidRequest([{ path: 'body', message: 'the data of the job must be an object' }]);
  }
  const { tenantId, ...event } = data as Record<string, unknown>;
  return { tenantId, input: { ...event, type: name } };
}
