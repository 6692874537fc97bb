/** Queues a job that applies the inbox. A lost job is harmless: the sweep finds pending events. */
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Waker } from '../kernel/index.js';

export const INBOX = 'inbox';

@Injectable()
export class InboxQueue {
  private readonly waker: Waker;

  constructor(@InjectQueue(INBOX) queue: Queue) {
    this.waker = new Waker(queue);
  }

  wake(): void {
    this.waker.wake(INBOX, {});
  }
}
