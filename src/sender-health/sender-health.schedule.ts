/** Looks at senders' rates, tells how many are paused, and forgets old volumes. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SenderPauses } from '../consent/index.js';
import { Metrics, Scheduled, ShortCache } from '../kernel/index.js';
import { SenderChecks } from './sender-checks.js';
import { SenderVolumes } from './sender-volumes.js';

/** However many ask. */
const READ_EVERY_MS = 5_000;

@Injectable()
export class SenderHealthSchedule implements OnModuleInit {
  private readonly counts = new ShortCache<number>(READ_EVERY_MS, 1);

  constructor(
    private readonly checks: SenderChecks,
    private readonly volumes: SenderVolumes,
    private readonly pauses: SenderPauses,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      { name: 'callboard.paused_senders', help: 'Senders whose marketing waits, for bounces or complaints' },
      async () => [{ value: await this.counts.get('all', () => this.pauses.count()) }],
    );
  }

  @Scheduled({ name: 'watch-senders', everyMs: 10_000 })
  watch(): Promise<void> {
    return this.checks.look();
  }

  @Scheduled({ name: 'purge-sender-volumes', everyMs: 3_600_000 })
  purge(): Promise<void> {
    return this.volumes.purge();
  }
}
