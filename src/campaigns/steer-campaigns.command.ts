/** Schedules, pauses, resumes and cancels. Each takes effect at once for everything not yet claimed. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CampaignThrottles, LaneQueue } from '../dispatch/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { CampaignQueue } from './campaign.queue.js';
import { CampaignReferences } from './campaign-references.js';
import { CampaignChannels } from './channels/campaign-channels.js';
import { Campaigns } from './campaigns.js';
import { CampaignOverdue } from './campaigns.errors.js';
import type { CampaignView } from './campaigns.dto.js';
import { requireOneHour } from './variants/asked-variants.js';
import { readSchedule, type AskedSchedule } from './schedule-time.js';

export class ScheduleCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly actor: string,
    readonly asked: AskedSchedule,
  ) {
    super();
  }
}

export class PauseCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly reason: string | null = null,
  ) {
    super();
  }
}

export class ResumeCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class CancelCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(ScheduleCampaign)
export class ScheduleCampaignHandler implements ICommandHandler<ScheduleCampaign> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly references: CampaignReferences,
    private readonly channels: CampaignChannels,
    private readonly campaigns: Campaigns,
  ) {}

  /** Also reschedules. Raises CampaignNotFound, CampaignInState, BadSchedule, CampaignOverdue. */
  execute({ tenantId, id, actor, asked }: ScheduleCampaign): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'schedule', async (campaign) => {
      const { timezone } = await this.directory.tenant(tenantId);
      const schedule = readSchedule(asked, timezone);
      if (campaign.expiresAt && campaign.expiresAt <= schedule.scheduledAt)
        throw new CampaignOverdue().at('scheduledAt');
      requireOneHour(await this.channels.variantsOf(id), schedule.localTime);
      await this.references.resolveAll(tenantId, campaign, await this.channels.texts(campaign));
      Object.assign(campaign, { status: 'SCHEDULED', statusReason: null, changedBy: actor, ...schedule });
    });
  }
}

@CommandHandler(PauseCampaign)
export class PauseCampaignHandler implements ICommandHandler<PauseCampaign> {
  constructor(
    private readonly throttles: CampaignThrottles,
    private readonly campaigns: Campaigns,
  ) {}

  /** Raises CampaignNotFound and CampaignInState. */
  execute({ tenantId, id, reason }: PauseCampaign): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'pause', async (campaign) => {
      Object.assign(campaign, { status: 'PAUSED', statusReason: reason });
      await this.throttles.stop(id, 'held');
    });
  }
}

@CommandHandler(ResumeCampaign)
export class ResumeCampaignHandler implements ICommandHandler<ResumeCampaign> {
  constructor(
    private readonly throttles: CampaignThrottles,
    private readonly lanes: LaneQueue,
    private readonly channels: CampaignChannels,
    private readonly campaigns: Campaigns,
  ) {}

  /** Raises CampaignNotFound, CampaignInState and CampaignOverdue. */
  execute({ tenantId, id }: ResumeCampaign): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'resume', async (campaign) => {
      if (campaign.expiresAt && campaign.expiresAt.getTime() <= Date.now()) throw new CampaignOverdue();
      Object.assign(campaign, { status: 'SENDING', statusReason: null, outgrown: false });
      await this.throttles.open(id, campaign.messagesPerMinute ?? null);
      const several = await this.channels.launched(id);
      await this.lanes.wakeAfterCommit([
        ...new Set([...(campaign.laneId ? [campaign.laneId] : []), ...several.map(({ laneId }) => laneId)]),
      ]);
    });
  }
}

@CommandHandler(CancelCampaign)
export class CancelCampaignHandler implements ICommandHandler<CancelCampaign> {
  constructor(
    private readonly throttles: CampaignThrottles,
    private readonly campaigns: Campaigns,
    private readonly queue: CampaignQueue,
  ) {}

  /** Final. Raises CampaignNotFound and CampaignInState. */
  execute({ tenantId, id }: CancelCampaign): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'cancel', async (campaign) => {
      Object.assign(campaign, {
        status: 'CANCELLED',
        statusReason: null,
        endedAt: campaign.launchedAt ? null : new Date(),
      });
      await this.throttles.stop(id, 'closed');
      await this.queue.wakeAfterCommit(id);
    });
  }
}
