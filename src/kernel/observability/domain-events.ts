/**
 * Domain events of what was committed, for this process: metrics, traces, live views, waking lanes. They may be lost in a crash
 * and are never the basis of billing, compliance or progress, which read the ledger's events.
 */
import { Inject, Injectable, Logger, type Type } from '@nestjs/common';
import { EventBus, type IEventHandler } from '@nestjs/cqrs';
import { Database } from '../postgres/database.js';
import { Metrics, type EventCount } from './metrics.js';
import { errorLine } from '../postgres/error-line.js';

@Injectable()
export class DomainEvents {
  constructor(
    private readonly bus: EventBus,
    private readonly database: Database,
  ) {}

  /** Publishes these once the open transaction is committed, at once without one; never after a rollback. */
  async publish(events: readonly object[]): Promise<void> {
    if (events.length > 0) await this.database.afterCommit(() => void this.bus.publishAll([...events]));
  }
}

@Injectable()
export class HandlerFailures {
  private readonly logger = new Logger('DomainEvents');
  private readonly failures: EventCount<'handler' | 'event'>;

  constructor(metrics: Metrics) {
    this.failures = metrics.counter({
      name: 'callboard.event_handler_failures_total',
      help: 'Domain events that a handler could not deal with',
      labels: { handler: 'names-in-code', event: 'names-in-code' },
    });
  }

  /** Names only: an error's text may hold an address. */
  report(handler: string, event: string, error: unknown): void {
    this.failures.add({ handler, event });
    this.logger.error(`${handler} failed at ${event}: ${errorLine(error)}`);
  }
}

/**
 * A handler of domain events, with `@EventsHandler`. One that throws is logged and counted, and affects nothing else:
 * @nestjs/cqrs would log the error with its text.
 */
export abstract class DomainEventHandler<Event extends object> implements IEventHandler<Event> {
  @Inject(HandlerFailures) private readonly failures: HandlerFailures;

  async handle(event: Event): Promise<void> {
    try {
      await this.on(event);
    } catch (error) {
      this.failures.report(this.constructor.name, (event.constructor as Type).name, error);
    }
  }

  protected abstract on(event: Event): Promise<void> | void;
}
