import type { CampaignState } from './campaign.states.js';

/** A campaign is in another state than before, and that is committed. */
export class CampaignMoved {
  constructor(
    readonly tenantId: string,
    readonly campaignId: string,
    readonly state: CampaignState,
  ) {}
}
