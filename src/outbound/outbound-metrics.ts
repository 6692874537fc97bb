/** Reports how endpoints are doing at /metrics: that of each is its tenant's to look after, but not whether we are late. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../kernel/index.js';
import { EndpointStore } from './endpoint-store.js';

@Injectable()
export class OutboundMetrics implements OnModuleInit {
  constructor(
    private readonly endpoints: EndpointStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.webhook_endpoints',
        help: 'Endpoints of tenants, by how they are doing',
        labels: { state: 'names-in-code' },
      },
      async () => (await this.endpoints.states()).map(({ state, count }) => ({ labels: { state }, value: count })),
    );
    this.metrics.gauge(
      {
        name: 'callboard.endpoint_delay_seconds',
        help: 'How long the oldest event is due to an endpoint that takes events',
      },
      async () => [{ value: await this.endpoints.delay() }],
    );
  }
}
