/** Counts campaign changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { DomainEventHandler, Metrics, type EventCount } from '../kernel/index.js';
import { CampaignMoved } from './campaign-moved.event.js';
import { CAMPAIGN_STATES } from './campaign.states.js';

@EventsHandler(CampaignMoved)
export class CampaignMetrics extends DomainEventHandler<CampaignMoved> {
  private readonly moves: EventCount<'state'>;

  constructor(metrics: Metrics) {
    super();
    this.moves = metrics.counter({
      name: 'callboard.campaign_moves_total',
      help: 'Campaigns by the state they came to',
      labels: { state: CAMPAIGN_STATES },
    });
  }

  protected on({ state }: CampaignMoved): void {
    this.moves.add({ state });
  }
}
