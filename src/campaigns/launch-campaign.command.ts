/** Launches a campaign: fixes its content and sender, and opens its throttle. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CampaignThrottles } from '../dispatch/index.js';
import { CampaignChannels } from './channels/campaign-channels.js';
import { LaunchParts } from './channels/launch-parts.js';
import { CampaignQueue } from './campaign.queue.js';
import type { Campaign } from './campaign.entity.js';
import { Campaigns } from './campaigns.js';
import { CampaignOverdue } from './campaigns.errors.js';
import { AT_ONCE } from './schedule-time.js';
import type { LaunchedView, RehearsalView } from './campaigns.dto.js';

export class LaunchCampaign extends Command<LaunchedView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    /** Whether its schedule launches it: by hand it goes to all at once. */
    readonly by: { readonly isDue: boolean } = { isDue: false },
  ) {
    super();
  }
}

@CommandHandler(LaunchCampaign)
export class LaunchCampaignHandler implements ICommandHandler<LaunchCampaign> {
  constructor(
    private readonly parts: LaunchParts,
    private readonly throttles: CampaignThrottles,
    private readonly channels: CampaignChannels,
    private readonly campaigns: Campaigns,
    private readonly queue: CampaignQueue,
  ) {}

  /**
   * Returns at once; the audience is expanded and sent to from then on. Raises CampaignNotFound, CampaignInState,
   * CampaignOverdue, ApprovalNeeded, AudienceEmpty, AudienceLacksVariables, AudienceNotRendered, TemplateNotApproved and what CreateCampaign raises.
   */
  async execute({ tenantId, id, by }: LaunchCampaign): Promise<LaunchedView> {
    let rehearsal: RehearsalView | undefined;
    const view = await this.campaigns.change(tenantId, id, 'launch', async (campaign) => {
      if (campaign.expiresAt && campaign.expiresAt.getTime() <= Date.now()) throw new CampaignOverdue();
      const plans = await this.channels.of(campaign);
      const launched = await this.parts.of(tenantId, campaign, plans);
      ({ rehearsal } = launched);
      const peopleAtMost = await this.campaigns.requireApproval(campaign, by.isDue, launched);
      const { first, category, segmentRule, generation, variantStage } = launched;
      Object.assign(campaign, {
        status: 'SENDING',
        statusReason: null,
        launchedAt: new Date(),
        category,
        segments: first.segments,
        templateVersionId: first.templateVersionId,
        laneId: first.laneId,
        provider: first.provider,
        senderAddress: first.senderAddress,
        senderName: first.senderName,
        audienceGeneration: generation,
        segmentRule,
        variantStage,
        peopleAtMost,
        ...(!by.isDue && AT_ONCE),
      } satisfies Partial<Campaign>);
      await this.channels.fix(id, launched.channels);
      await this.throttles.open(id, campaign.messagesPerMinute ?? null);
      await this.queue.wakeAfterCommit(id);
    });
    if (!rehearsal) throw new Error('A launch rehearses');
    return { ...view, rehearsal };
  }
}
