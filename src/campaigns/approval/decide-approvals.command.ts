/** Asks for the approval of a campaign, gives it, and declines it. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Campaign } from '../campaign.entity.js';
import { Campaigns } from '../campaigns.js';
import type { CampaignView } from '../campaigns.dto.js';
import { ApprovalOutdated, OwnApproval } from '../campaigns.errors.js';
import { CampaignApprovals } from './campaign-approvals.js';

export class RequestApproval extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly actor: string,
  ) {
    super();
  }
}

export class ApproveCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly actor: string,
    readonly input: { readonly digest: string; readonly note?: string | undefined },
  ) {
    super();
  }
}

export class DeclineCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly actor: string,
    readonly reason: string,
  ) {
    super();
  }
}

@CommandHandler(RequestApproval)
export class RequestApprovalHandler implements ICommandHandler<RequestApproval> {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly approvals: CampaignApprovals,
  ) {}

  /** An approval that still holds stays. Raises CampaignNotFound, CampaignInState and what CreateCampaign raises of references. */
  execute({ tenantId, id, actor }: RequestApproval): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'review', async (campaign) => {
      const review = await this.approvals.review(campaign);
      if (!this.approvals.holds(review)) await this.approvals.store.ask(campaign, actor);
    });
  }
}

@CommandHandler(ApproveCampaign)
export class ApproveCampaignHandler implements ICommandHandler<ApproveCampaign> {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly approvals: CampaignApprovals,
  ) {}

  /**
   * Raises CampaignNotFound, CampaignInState, OwnApproval, ApprovalOutdated if the campaign is no longer what was reviewed, and what CreateCampaign
   * raises of references.
   */
  execute({ tenantId, id, actor, input: { digest, note } }: ApproveCampaign): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'review', async (campaign) => {
      const review = await this.approvals.review(campaign);
      const authors = authorsOf(campaign, review.approval?.requestedBy ?? null);
      if (await this.approvals.store.isOneOf(actor, authors)) throw new OwnApproval();
      if (review.digest !== digest) throw new ApprovalOutdated();
      await this.approvals.store.decide(campaign, actor, note ?? null, { digest, people: review.people });
    });
  }
}

@CommandHandler(DeclineCampaign)
export class DeclineCampaignHandler implements ICommandHandler<DeclineCampaign> {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly approvals: CampaignApprovals,
  ) {}

  /** One that is scheduled is a draft again. Raises CampaignNotFound and CampaignInState. */
  execute({ tenantId, id, actor, reason }: DeclineCampaign): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'review', async (campaign) => {
      if (campaign.status === 'SCHEDULED') {
        const statusReason = 'Its approval was declined';
        Object.assign(campaign, { status: 'DRAFT', statusReason, scheduledAt: null, localTime: null, ifPast: null });
      }
      await this.approvals.store.decide(campaign, actor, reason, null);
    });
  }
}

/** Who has had a hand in it: made it, changed or scheduled it last, or asked for its approval. */
const authorsOf = ({ createdBy, changedBy }: Campaign, requestedBy: string | null): string[] =>
  [createdBy, changedBy, requestedBy].filter((actor) => actor !== null && actor !== undefined);
