/** Reads and locks campaigns for those who change them. */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import { Database } from '../kernel/index.js';
import { isAllowed, type CampaignAction } from './campaign.states.js';
import { Campaign } from './campaign.entity.js';
import { campaignView, SELECT_CAMPAIGNS, type CampaignRow } from './campaign.view.js';
import { CampaignInState, CampaignNotFound } from './campaigns.errors.js';
import type { CampaignView } from './campaigns.dto.js';

@Injectable()
export class Campaigns {
  constructor(private readonly database: Database) {}

  /**
   * Does `change` to a campaign that nobody else may touch meanwhile, in one transaction, and answers what it has become. Raises
   * CampaignNotFound, and CampaignInState where the action is not allowed.
   */
  async change(
    tenantId: string,
    id: string,
    action: CampaignAction,
    change: (campaign: Campaign) => Promise<void> | void,
  ): Promise<CampaignView> {
    return this.database.transaction(async (em) => {
      const campaign = await em.findOne(
        Campaign,
        { id, tenantId },
        { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
      );
      if (!campaign) throw new CampaignNotFound();
      if (!isAllowed(action, campaign.status)) throw new CampaignInState(action, campaign.status);
      await change(campaign);
      await em.flush();
      return this.view(tenantId, id);
    });
  }

  /** Raises CampaignNotFound. */
  async view(tenantId: string, id: string): Promise<CampaignView> {
    const [row] = await this.database.query<CampaignRow>(
      `${SELECT_CAMPAIGNS} where campaign.id = $1 and campaign.tenant_id = $2`,
      [id, tenantId],
    );
    if (!row) throw new CampaignNotFound();
    return campaignView(row);
  }
}
