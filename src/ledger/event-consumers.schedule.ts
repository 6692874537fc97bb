/** Runs the consumers every second, and reports their lag. */
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Metrics, ScheduledJobs } from '../kernel/index.js';
import { EventConsumers } from './event-consumers.js';

const EVERY_MS = 1_000;

@Injectable()
export class EventConsumersSchedule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly consumers: EventConsumers,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.event_consumer_lag_seconds',
        help: 'How long the oldest event waits that a consumer of the ledger’s events has not taken',
        labels: { consumer: 'names-in-code' },
      },
      async () =>
        (await this.consumers.lags()).map(({ name, seconds }) => ({ labels: { consumer: name }, value: seconds })),
    );
  }

  /** A job each: none waits for another. */
  onApplicationBootstrap(): void {
    for (const name of this.consumers.names) {
      this.jobs.every({ name: `events:${name}`, everyMs: EVERY_MS }, () => this.consumers.runIfBehind(name));
    }
  }
}
