/** Counts message changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { Counter } from 'prom-client';
import { DomainEventHandler, Metrics } from '../kernel/index.js';
import {
  MessagesAccepted,
  MessagesDeferred,
  MessagesDelivered,
  MessagesDoubted,
  MessagesFailed,
  MessagesSent,
  MessagesSkipped,
  type MessagesMoved,
} from './messages-moved.events.js';

@EventsHandler(
  MessagesAccepted,
  MessagesSent,
  MessagesDelivered,
  MessagesFailed,
  MessagesSkipped,
  MessagesDoubted,
  MessagesDeferred,
)
export class MessageMetrics extends DomainEventHandler<MessagesAccepted | MessagesMoved> {
  private readonly moves: Counter<'channel' | 'provider' | 'status'>;

  constructor(metrics: Metrics) {
    super();
    this.moves = new Counter({
      name: 'callboard_message_moves_total',
      help: 'Messages by the status they came to; `accepted` and `deferred` beside those of the API',
      labelNames: ['channel', 'provider', 'status'],
      registers: [metrics.registry],
    });
  }

  protected on(event: MessagesAccepted | MessagesMoved): void {
    if (event instanceof MessagesAccepted) {
      for (const { channel, provider, messages } of event.groups) {
        this.moves.inc({ channel, provider, status: 'accepted' }, messages);
      }
      return;
    }
    const isDeferred = event instanceof MessagesDeferred;
    for (const { channel, provider, status } of event.messages) {
      this.moves.inc({ channel, provider, status: isDeferred ? 'deferred' : status });
    }
  }
}
