/** Reports messages in doubt to operators: at /metrics, and as a reason for `degraded` at /health/ready. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthChecks, Metrics, ShortCache } from '../../kernel/index.js';
import { Doubts, type DoubtCount } from '../../ledger/index.js';

/** However many ask. */
const READ_EVERY_MS = 5_000;

@Injectable()
export class DoubtsHealth implements OnModuleInit {
  private readonly counts = new ShortCache<DoubtCount>(READ_EVERY_MS, 1);

  constructor(
    private readonly doubts: Doubts,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('doubts', false, async () => {
      const { messages, oldestSeconds } = await this.count();
      if (messages > 0)
        throw new Error(`${messages} messages are in doubt, the oldest for ${Math.round(oldestSeconds)} s`);
    });
    this.metrics.gauge({ name: 'callboard.doubts', help: 'Messages in doubt, counted to 10,000' }, async () => [
      { value: (await this.count()).messages },
    ]);
    this.metrics.gauge(
      { name: 'callboard.oldest_doubt_seconds', help: 'How long the oldest message in doubt has been so' },
      async () => [{ value: (await this.count()).oldestSeconds }],
    );
  }

  private count(): Promise<DoubtCount> {
    return this.counts.get('all', () => this.doubts.count());
  }
}
