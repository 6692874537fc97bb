/** Has the consumers take new events every second, and says how far they are behind. */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics, ScheduledJobs } from '../kernel/index.js';
import { EventConsumers } from './event-consumers.js';

const EVERY_MS = 1_000;

@Injectable()
export class EventConsumersSchedule implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(EventConsumersSchedule.name);

  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly consumers: EventConsumers,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const measure = (gauge: Gauge): Promise<void> => this.measure(gauge);
    const lag = new Gauge({
      name: 'callboard_event_consumer_lag_seconds',
      help: 'How long the oldest event waits that a consumer of the ledger’s events has not taken',
      labelNames: ['consumer'],
      registers: [],
      collect(): Promise<void> {
        return measure(this);
      },
    });
    this.metrics.registry.registerMetric(lag);
  }

  /** Each is a job of its own: none waits for another. */
  onApplicationBootstrap(): void {
    for (const name of this.consumers.names) {
      this.jobs.every({ name: `events:${name}`, everyMs: EVERY_MS }, () => this.consumers.run(name));
    }
  }

  /** Without a database there is nothing to tell, and the other metrics are told all the same. */
  private async measure(gauge: Gauge): Promise<void> {
    gauge.reset();
    try {
      for (const { name, seconds } of await this.consumers.lags()) gauge.set({ consumer: name }, seconds);
    } catch (error) {
      this.logger.debug(`The lag was not measured: ${error instanceof Error ? error.name : 'unknown error'}`);
    }
  }
}
