/** Sends the metrics of this process where they are configured to go to, beside /metrics. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { errorLine } from '../postgres/error-line.js';
import { DogStatsD } from './dogstatsd.js';
import { Metrics } from './metrics.js';

/** As often as an agent itself sends. */
const EVERY_MS = 10_000;

@Injectable()
export class MetricsExport implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sparing = new SparingLogger(new Logger(MetricsExport.name));
  private dogStatsD: DogStatsD | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { dogStatsD: target } = this.config;
    if (!target) return;
    const client = await DogStatsD.open(target, (error) => this.complain(error));
    this.dogStatsD = client;
    this.metrics.listen(({ name }, labels, seconds) => client.distribution(name, labels, seconds));
    this.timer = setInterval(() => void this.send(), EVERY_MS).unref();
  }

  /** Sends what there is now. One at a time: gauges may wait for the database. */
  async send(): Promise<void> {
    this.sending ??= this.sendReadings(true).finally(() => (this.sending = undefined));
    await this.sending;
  }

  /** The last counts; gauges are those of the processes that go on. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
    await this.sendReadings(false);
    await this.dogStatsD?.close();
  }

  private async sendReadings(withGauges: boolean): Promise<void> {
    this.dogStatsD?.send(await this.metrics.readings({ withGauges }));
  }

  private complain(error: Error): void {
    const why = 'code' in error && typeof error.code === 'string' ? error.code : errorLine(error);
    this.sparing.warn(`Metrics do not reach the agent of DogStatsD: ${why}`);
  }
}
