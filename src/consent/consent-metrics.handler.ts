/** Counts consent changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { Counter } from 'prom-client';
import { DomainEventHandler, Metrics } from '../kernel/index.js';
import { ConsentChanged } from './consent-changed.event.js';

@EventsHandler(ConsentChanged)
export class ConsentMetrics extends DomainEventHandler<ConsentChanged> {
  private readonly changes: Counter<'channel' | 'status'>;

  constructor(metrics: Metrics) {
    super();
    this.changes = new Counter({
      name: 'callboard_consent_changes_total',
      help: 'People whose consent changed, by channel and what it is now',
      labelNames: ['channel', 'status'],
      registers: [metrics.registry],
    });
  }

  protected on({ groups }: ConsentChanged): void {
    for (const { channel, status, people } of groups) this.changes.inc({ channel, status }, people);
  }
}
