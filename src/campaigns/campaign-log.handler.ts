/** Logs what becomes of campaigns: ids, states and counts. */
import { Logger } from '@nestjs/common';
import { EventsHandler } from '@nestjs/cqrs';
import { DomainEventHandler } from '../kernel/index.js';
import { CampaignMoved } from './campaign-moved.event.js';
import { Campaigns } from './campaigns.js';

@EventsHandler(CampaignMoved)
export class CampaignLog extends DomainEventHandler<CampaignMoved> {
  private readonly logger = new Logger('Campaigns');

  constructor(private readonly campaigns: Campaigns) {
    super();
  }

  protected async on({ tenantId, campaignId, state }: CampaignMoved): Promise<void> {
    const { progress, statusReason: reason } = await this.campaigns.view(tenantId, campaignId);
    const { audience, excluded, messages, byStatus } = progress;
    this.logger.log({ msg: `campaign ${state}`, campaignId, tenantId, reason, audience, excluded, messages, byStatus });
  }
}
