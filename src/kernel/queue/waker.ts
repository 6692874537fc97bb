/** Wakes work through a queue, coalescing many wakes into few. A wake may be lost: callers need a sweep as well. */
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { SparingLogger } from '../logging/sparing-logger.js';
import { errorLine } from '../postgres/error-line.js';

/** Under load each wake costs the queue as much as the message behind it: the wakes of this many milliseconds become one. */
const PAUSE_MS = 20;

export class Waker {
  private readonly logger = new SparingLogger(new Logger(Waker.name));
  /** Ids with a wake in flight from this process; `true` if another was requested meanwhile. */
  private readonly underway = new Map<string, boolean>();

  /** `pauseMs`: how long the wakes of one id become one. */
  constructor(
    private readonly queue: Queue,
    private readonly pauseMs = PAUSE_MS,
  ) {
    queue.on('error', () => undefined); // without a listener BullMQ prints it raw; wakes that fail say so, and readiness does
  }

  /** The first is sent at once. Requests while it is in flight, and shortly after, become one more. */
  wake(id: string, data: object): void {
    if (this.underway.has(id)) {
      this.underway.set(id, true);
      return;
    }
    this.underway.set(id, false);
    void this.addAndPause(id, data).finally(() => {
      const again = this.underway.get(id);
      this.underway.delete(id);
      if (again) this.wake(id, data);
    });
  }

  private async addAndPause(id: string, data: object): Promise<void> {
    await this.add(id, data);
    await delay(this.pauseMs, undefined, { ref: false });
  }

  /** While the work runs, further wakes are coalesced into one that follows: none is lost, and no two run concurrently. */
  private async add(id: string, data: object): Promise<void> {
    try {
      await this.queue.add('wake', data, { deduplication: { id, keepLastIfActive: true } });
    } catch (error) {
      this.logger.warn(`The queue ${this.queue.name} took no wake: ${errorLine(error)}`);
    }
  }
}
