/** How long providers take to answer our calls, for /metrics and for the traces of messages. */
import { Injectable } from '@nestjs/common';
import { Metrics, Tracing, type Durations } from '../../kernel/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import type { Outcome } from '../../providers/index.js';
import { CHANNELS, PROVIDERS, type Channel, type ProviderName } from '../../tenants/index.js';
import { inSpans } from './call-spans.js';

/** Up to the longest that a lease lets a call take. */
const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15];

@Injectable()
export class CallDurations {
  private readonly durations: ReadonlyMap<Channel, Durations<'provider'>>;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
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

  /** Measures a call with these messages; one that rejects was not made, and is not counted. */
  async measure(
    provider: ProviderName,
    messages: readonly ClaimedMessage[],
    call: () => Promise<Outcome[]>,
  ): Promise<Outcome[]> {
    const [first] = messages;
    if (!first) return [];
    const begun = performance.now();
    const outcomes = await inSpans(this.tracing, provider, messages, call);
    this.durations.get(first.channel)?.observe({ provider }, (performance.now() - begun) / 1_000);
    return outcomes;
  }
}
