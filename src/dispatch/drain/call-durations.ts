/** How long providers take to answer our calls, for /metrics. */
import { Injectable } from '@nestjs/common';
import { Metrics, type Durations } from '../../kernel/index.js';
import { CHANNELS, PROVIDERS, type Channel, type ProviderName } from '../../tenants/index.js';

/** Up to the longest that a lease lets a call take. */
const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15];

@Injectable()
export class CallDurations {
  private readonly durations: ReadonlyMap<Channel, Durations<'provider'>>;

  constructor(metrics: Metrics) {
    this.durations = new Map(
      CHANNELS.map((channel) => [
        channel,
        metrics.histogram({
          name: `${channel}.send.duration`,
          help: `Seconds that a provider took for a call that sends ${channel}`,
          labels: { provider: PROVIDERS },
          buckets: BUCKETS,
        }),
      ]),
    );
  }

  /** Measures a call, which may carry many messages; one that rejects was not made, and is not counted. */
  async measure<Result>(channel: Channel, provider: ProviderName, call: () => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    const result = await call();
    this.durations.get(channel)?.observe({ provider }, (performance.now() - begun) / 1_000);
    return result;
  }
}
