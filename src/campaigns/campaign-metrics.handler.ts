/** Counts campaign changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { Counter } from 'prom-client';
import { DomainEventHandler, Metrics } from '../kernel/index.js';
import { CampaignMoved } from './campaign-moved.event.js';

@EventsHandler(CampaignMoved)
export class CampaignMetrics extends DomainEventHandler<CampaignMoved> {
  private readonly moves: Counter<'state'>;

  constructor(metrics: Metrics) {
    super();
    this.moves = new Counter({
      name: 'callboard_campaign_moves_total',
      help: 'Campaigns by the state they came to',
      labelNames: ['state'],
      registers: [metrics.registry],
    });
  }

  protected on({ state }: CampaignMoved): void {
    this.moves.inc({ state });
  }
}
