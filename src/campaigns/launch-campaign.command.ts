/** Launches a campaign: fixes its content and sender, and opens its throttle. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CampaignThrottles } from '../dispatch/index.js';
import { CampaignChannels } from './channels/campaign-channels.js';
import { LaunchParts } from './channels/launch-parts.js';
import { CampaignQueue } from './campaign.queue.js';
import type { Campaign } from './campaign.entity.js';
import { Campaigns } from './campaigns.js';
import { CampaignOverdue } from './campaigns.errors.js';
import type { LaunchedView, RehearsalView } from './campaigns.dto.js';

export class LaunchCampaign extends Command<LaunchedView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
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
   * CampaignOverdue, AudienceEmpty, AudienceLacksVariables, AudienceNotRendered, TemplateNotApproved and what CreateCampaign raises.
   */
  async execute({ tenantId, id }: LaunchCampaign): Promise<LaunchedView> {
    let rehearsal: RehearsalView | undefined;
    const view = await this.campaigns.change(tenantId, id, 'launch', async (campaign) => {
      if (campaign.expiresAt && campaign.expiresAt.getTime() <= Date.now()) throw new CampaignOverdue();
      const plans = await this.channels.of(campaign);
      const launched = await this.parts.of(tenantId, campaign, plans);
      ({ rehearsal } = launched);
      const { first, category, generation } = launched;
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
      } satisfies Partial<Campaign>);
      await this.channels.fix(id, launched.channels);
      await this.throttles.open(id, campaign.messagesPerMinute ?? null);
      await this.queue.wakeAfterCommit(id);
    });
    if (!rehearsal) throw new Error('A launch rehearses');
    return { ...view, rehearsal };
  }
}
