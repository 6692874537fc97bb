/** Reads what there is to approve of a campaign. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { Campaign } from '../campaign.entity.js';
import { CampaignNotFound } from '../campaigns.errors.js';
import { approvalView } from './approval.view.js';
import type { CampaignReviewView } from './approvals.dto.js';
import { CampaignApprovals, isNeeded } from './campaign-approvals.js';

export class GetApproval extends Query<CampaignReviewView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetApproval)
export class GetApprovalHandler implements IQueryHandler<GetApproval> {
  constructor(
    private readonly database: Database,
    private readonly approvals: CampaignApprovals,
  ) {}

  /** Raises CampaignNotFound and what CreateCampaign raises of references. */
  execute({ tenantId, id }: GetApproval): Promise<CampaignReviewView> {
    return this.database.transaction(async (em) => {
      const campaign = await em.findOne(Campaign, { id, tenantId });
      if (!campaign) throw new CampaignNotFound();
      const review = await this.approvals.review(campaign);
      const { from, people, digest, approval } = review;
      return {
        isNeeded: isNeeded(review),
        isApproved: this.approvals.holds(review),
        neededFrom: from,
        people,
        digest,
        approval: approvalView(approval),
      };
    });
  }
}
