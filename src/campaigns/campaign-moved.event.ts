import type { CampaignState } from './campaign.states.js';

/** A campaign has changed its state, and that is committed. */
export class CampaignMoved {
  constructor(
    readonly tenantId: string,
    readonly campaignId: string,
    readonly state: CampaignState,
  ) {}
}
