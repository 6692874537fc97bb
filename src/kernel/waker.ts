/** Wakes work through a queue, folding many wakes into few. A wake may be lost: whoever relies on one keeps a sweep as well. */
import { Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';

export class Waker {
  private readonly logger = new Logger(Waker.name);
  /** Ids with a wake on its way from this process; `true` where another was asked for meanwhile. */
  private readonly underway = new Map<string, boolean>();

  constructor(private readonly queue: Queue) {
    queue.on('error', () => undefined); // without a listener BullMQ prints it raw; wakes that fail say so, and readiness does
  }

  /** At most one wake per id is on its way from a process; what is asked for meanwhile becomes one more. */
  wake(id: string, data: object): void {
    if (this.underway.has(id)) {
      this.underway.set(id, true);
      return;
    }
    this.underway.set(id, false);
    void this.add(id, data).finally(() => {
      const again = this.underway.get(id);
      this.underway.delete(id);
      if (again) this.wake(id, data);
    });
  }

  /** While the work runs, further wakes fold into one that follows it: none is lost, and no two run side by side. */
  private async add(id: string, data: object): Promise<void> {
    try {
      await this.queue.add('wake', data, { deduplication: { id, keepLastIfActive: true } });
    } catch (error) {
      this.logger.warn(
        `The queue ${this.queue.name} took no wake: ${error instanceof Error ? error.name : 'unknown error'}`,
      );
    }
  }
}
