/** Counts sender changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { DomainEventHandler, Metrics, type EventCount } from '../../kernel/index.js';
import { CHANNELS } from '../channels.js';
import { SenderChanged } from './sender-changed.event.js';

@EventsHandler(SenderChanged)
export class SenderMetrics extends DomainEventHandler<SenderChanged> {
  private readonly changes: EventCount<'channel' | 'status'>;

  constructor(metrics: Metrics) {
    super();
    this.changes = metrics.counter({
      name: 'callboard.sender_changes_total',
      help: 'Senders that were made or changed, by channel and status',
      labels: { channel: CHANNELS, status: 'names-in-code' },
    });
  }

  protected on({ channel, status }: SenderChanged): void {
    this.changes.add({ channel, status });
  }
}
