/** Estimates a launch of a campaign now. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CampaignReferences } from '../campaign-references.js';
import { Campaigns } from '../campaigns.js';
import type { EstimateView } from '../campaigns.dto.js';
import { ContactsEstimate } from './contacts-estimate.js';
import { textsOf } from '../variants/asked-variants.js';
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
    const { channels, variants } = campaign;
    const texts = await this.references.resolveAll(tenantId, campaign, textsOf(channels, variants));
    return channels.length > 1
      ? this.people.of({ tenantId, ...campaign }, texts)
      : this.contacts.of(tenantId, campaign, texts);
  }
}
