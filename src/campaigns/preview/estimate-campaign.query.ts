/** Estimates a launch of a campaign now. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CampaignReferences } from '../campaign-references.js';
import { Campaigns } from '../campaigns.js';
import type { EstimateView } from '../campaigns.dto.js';
import { ContactsEstimate } from './contacts-estimate.js';
import { PeopleEstimate } from './people-estimate.js';

export class EstimateCampaign extends Query<EstimateView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(EstimateCampaign)
export class EstimateCampaignHandler implements IQueryHandler<EstimateCampaign> {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly references: CampaignReferences,
    private readonly contacts: ContactsEstimate,
    private readonly people: PeopleEstimate,
  ) {}

  /** Raises CampaignNotFound and what CreateCampaign raises. */
  async execute({ tenantId, id }: EstimateCampaign): Promise<EstimateView> {
    const campaign = await this.campaigns.view(tenantId, id);
    const channels = await this.references.resolveAll(tenantId, campaign, campaign.channels);
    const [parts] = channels;
    if (!parts || channels.length > 1) return this.people.of({ tenantId, ...campaign }, channels);
    return this.contacts.of(tenantId, campaign, parts);
  }
}
