/** Sends the metrics of this process where they are configured to go to, beside /metrics. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { waitFor } from '../logging/waits.js';
import { errorLine } from '../postgres/error-line.js';
import { DogStatsD } from './dogstatsd.js';
import { Metrics } from './metrics.js';
import type { MetricsTarget } from './metrics-target.js';
import { OtlpMetrics } from './otlp-metrics.js';

/** At a stop, the last counts are sent for this long. */
const LAST_COUNTS_MS = 3_000;

@Injectable()
export class MetricsExport implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sparing = new SparingLogger(new Logger(MetricsExport.name));
  private readonly timers: NodeJS.Timeout[] = [];
  /** What is on its way, by its target: one at a time, since gauges may wait for the database. */
  private readonly sending = new Map<MetricsTarget, Promise<void>>();
  private targets: readonly MetricsTarget[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly metrics: Metrics,
  ) {}

  /** Raises an Error for a target that cannot be had on this system. */
  async onApplicationBootstrap(): Promise<void> {
    this.targets = [...(await this.dogStatsD()), ...(await this.otlp())];
    for (const target of this.targets)
      this.timers.push(setInterval(() => void this.sendTo(target), target.everyMs).unref());
  }

  /** Sends what there is now. */
  async send(): Promise<void> {
    await Promise.all(this.targets.map((target) => this.sendTo(target)));
  }

  /** The last counts; gauges are those of the processes that go on. A target that is away does not hold up a stop. */
  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    if (this.targets.length === 0) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LAST_COUNTS_MS);
    await waitFor('metrics', () => Promise.race([this.sendLast(), late]));
    clearTimeout(timer);
  }

  private async sendLast(): Promise<void> {
    await Promise.all(this.sending.values());
    const readings = await this.metrics.readings({ withGauges: false });
    await Promise.all(
      this.targets.map(async (target) => {
        await target.send(readings);
        await target.close();
      }),
    );
  }

  private sendTo(target: MetricsTarget): Promise<void> {
    const known = this.sending.get(target);
    if (known) return known;
    const sent = this.metrics
      .readings()
      .then((readings) => target.send(readings))
      .finally(() => this.sending.delete(target));
    this.sending.set(target, sent);
    return sent;
  }

  private async dogStatsD(): Promise<MetricsTarget[]> {
    const { dogStatsD: config } = this.config;
    if (!config) return [];
    const client = await DogStatsD.open(config, (error) => this.complain('the agent of DogStatsD', error));
    this.metrics.listen(({ name }, labels, seconds) => client.distribution(name, labels, seconds));
    return [client];
  }

  private async otlp(): Promise<MetricsTarget[]> {
    const { otlp, role } = this.config;
    if (!otlp?.metrics) return [];
    const complain = (error: Error): void => this.complain('the receiver of OTLP', error);
    return [await OtlpMetrics.open(otlp, role, otlp.metrics.everyMs, complain)];
  }

  private complain(whom: string, error: Error): void {
    const code = 'code' in error ? error.code : undefined;
    const why = typeof code === 'string' || typeof code === 'number' ? code : errorLine(error);
    this.sparing.warn(`Metrics do not reach ${whom}: ${why}`);
  }
}
