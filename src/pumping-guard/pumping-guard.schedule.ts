/** Looks for SMS pumping, tells how many alarms are open, and forgets old counts. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PumpingAlarms } from '../consent/index.js';
import { Metrics, Scheduled, ShortCache } from '../kernel/index.js';
import { PumpingChecks } from './pumping-checks.js';
import { RangeVolumes } from './range-volumes.js';

/** However many ask. */
const READ_EVERY_MS = 5_000;

@Injectable()
export class PumpingGuardSchedule implements OnModuleInit {
  private readonly counts = new ShortCache<{ blocking: number; watched: number }>(READ_EVERY_MS, 1);

  constructor(
    private readonly checks: PumpingChecks,
    private readonly volumes: RangeVolumes,
    private readonly alarms: PumpingAlarms,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.pumping_alarms',
        help: 'Ranges of numbers that look like SMS pumping',
        labels: { mode: ['block', 'watch'] },
      },
      async () => {
        const { blocking, watched } = await this.counts.get('all', () => this.alarms.counts());
        return [
          { labels: { mode: 'block' }, value: blocking },
          { labels: { mode: 'watch' }, value: watched },
        ];
      },
    );
  }

  @Scheduled({ name: 'guard-against-pumping', everyMs: 2_000 })
  look(): Promise<void> {
    return this.checks.look();
  }

  @Scheduled({ name: 'purge-range-volumes', everyMs: 600_000 })
  purge(): Promise<void> {
    return this.volumes.purge();
  }
}
