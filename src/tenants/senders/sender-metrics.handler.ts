/** Counts sender changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { Counter } from 'prom-client';
import { DomainEventHandler, Metrics } from '../../kernel/index.js';
import { SenderChanged } from './sender-changed.event.js';

@EventsHandler(SenderChanged)
export class SenderMetrics extends DomainEventHandler<SenderChanged> {
  private readonly changes: Counter<'channel' | 'status'>;

  constructor(metrics: Metrics) {
    super();
    this.changes = new Counter({
      name: 'callboard_sender_changes_total',
      help: 'Senders that were made or changed, by channel and status',
      labelNames: ['channel', 'status'],
      registers: [metrics.registry],
    });
  }

  protected on({ channel, status }: SenderChanged): void {
    this.changes.inc({ channel, status });
  }
}
