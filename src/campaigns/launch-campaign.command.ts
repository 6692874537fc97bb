/** Launches a campaign: fixes its content and sender, and opens its throttle. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CampaignThrottles } from '../dispatch/index.js';
import { AudienceProbe } from './preview/audience-probe.js';
import { CampaignQueue } from './campaign.queue.js';
import { CampaignReferences } from './campaign-references.js';
import type { Campaign } from './campaign.entity.js';
import { Campaigns } from './campaigns.js';
import { CampaignOverdue } from './campaigns.errors.js';
import type { LaunchedView, RehearsalView } from './campaigns.dto.js';
import { addressKindOf } from '../tenants/index.js';

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
    private readonly references: CampaignReferences,
    private readonly probe: AudienceProbe,
    private readonly throttles: CampaignThrottles,
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
      const { template, category, route, laneId } = await this.references.resolve(tenantId, campaign);
      await this.references.requireApproval({ template, route });
      const kind = addressKindOf(campaign.channel);
      await this.probe.requireReaders(campaign.audienceId, kind, template.compiled);
      const rehearsed = await this.probe.rehearse(campaign.audienceId, campaign.channel, { template, route });
      ({ rehearsal } = rehearsed);
      Object.assign(campaign, {
        status: 'SENDING',
        statusReason: null,
        launchedAt: new Date(),
        category,
        segments: rehearsed.typicalSegments,
        templateVersionId: template.versionId,
        laneId,
        provider: route.provider,
        senderAddress: route.address,
        senderName: route.displayName,
      } satisfies Partial<Campaign>);
      await this.throttles.open(id, campaign.messagesPerMinute ?? null);
      await this.queue.wakeAfterCommit(id);
    });
    if (!rehearsal) throw new Error('A launch rehearses');
    return { ...view, rehearsal };
  }
}
