/** Queues a job that takes up events. A lost job is harmless: the sweep finds events that wait. */
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Database, Waker } from '../../kernel/index.js';

export const EVENTS = 'events';

/** A wake costs as much as a hundred events, and nobody is kept waiting by so little. */
const PAUSE_MS = 100;

@Injectable()
export class EventsQueue {
  private readonly waker: Waker;

  constructor(
    @InjectQueue(EVENTS) queue: Queue,
    private readonly database: Database,
  ) {
    this.waker = new Waker(queue, PAUSE_MS);
  }

  /** At once outside a transaction. */
  wakeAfterCommit(): Promise<void> {
    return this.database.afterCommit(() => this.waker.wake(EVENTS, {}));
  }
}
