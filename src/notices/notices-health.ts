/** Reports notices that did not get through to operators: at /metrics, and as a reason for `degraded` at /health/ready. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthChecks, Metrics } from '../kernel/index.js';
import { NoticeStore } from './notice-store.js';

@Injectable()
export class NoticesHealth implements OnModuleInit {
  constructor(
    private readonly store: NoticeStore,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('notices', false, async () => {
      const { givenUp } = await this.store.lateness();
      if (givenUp > 0) throw new Error(`deliveries of notices that were given up in the last day: ${givenUp}`);
    });
    this.metrics.gauge(
      { name: 'callboard.notices_given_up', help: 'Deliveries of notices that were given up in the last day' },
      async () => [{ value: (await this.store.lateness()).givenUp }],
    );
    this.metrics.gauge(
      { name: 'callboard.oldest_notice_seconds', help: 'Age of the oldest delivery of a notice that still waits' },
      async () => [{ value: (await this.store.lateness()).oldest }],
    );
  }
}
