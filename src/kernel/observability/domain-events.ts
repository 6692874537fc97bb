/**
 * What was committed, told to whoever is in this process: metrics, traces, live views, waking what sleeps. It may be lost in a crash and
 * is never what money, law or progress go by: these read the ledger's events.
 */
import { Inject, Injectable, Logger, type Type } from '@nestjs/common';
import { EventBus, type IEventHandler } from '@nestjs/cqrs';
import { Counter } from 'prom-client';
import { Database } from '../postgres/database.js';
import { Metrics } from './metrics.js';

@Injectable()
export class DomainEvents {
  constructor(
    private readonly bus: EventBus,
    private readonly database: Database,
  ) {}

  /** Publishes these once the open transaction is committed, at once where none is open; never when it is rolled back. */
  async publish(events: readonly object[]): Promise<void> {
    if (events.length > 0) await this.database.afterCommit(() => void this.bus.publishAll([...events]));
  }
}

@Injectable()
export class HandlerFailures {
  private readonly logger = new Logger('DomainEvents');
  private readonly failures: Counter<'handler' | 'event'>;

  constructor(metrics: Metrics) {
    this.failures = new Counter({
      name: 'callboard_event_handler_failures_total',
      help: 'Domain events that a handler could not deal with',
      labelNames: ['handler', 'event'],
      registers: [metrics.registry],
    });
  }

  /** By names alone: an error's text may hold an address. */
  report(handler: string, event: string, error: unknown): void {
    this.failures.inc({ handler, event });
    this.logger.error(`${handler} failed at ${event}: ${error instanceof Error ? error.name : 'unknown error'}`);
  }
}

/**
 * A handler of domain events, with `@EventsHandler`. One that throws is logged and counted, and hurts nobody: @nestjs/cqrs would log
 * the error with its text.
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
