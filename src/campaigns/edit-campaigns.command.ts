/** Drafts, changes and deletes campaigns. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { CampaignThrottles } from '../dispatch/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { CampaignReferences } from './campaign-references.js';
import { Campaign } from './campaign.entity.js';
import { Campaigns } from './campaigns.js';
import type { CampaignView, CreateCampaignBody, UpdateCampaignBody } from './campaigns.dto.js';
import { readScheduleTime } from './schedule-time.js';

const PAUSE_AT_PERCENT = 20;
/** What may change while it is sending. */
const THROTTLE: readonly string[] = ['messagesPerMinute', 'pauseAtFailurePercent'];

export class CreateCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly input: CreateCampaignBody,
  ) {
    super();
  }
}

export class UpdateCampaign extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly changes: UpdateCampaignBody,
  ) {
    super();
  }
}

export class DeleteCampaign extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(CreateCampaign)
export class CreateCampaignHandler implements ICommandHandler<CreateCampaign> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly references: CampaignReferences,
    private readonly campaigns: Campaigns,
  ) {}

  /** Raises VenueRequired, VenueNotFound, AudienceNotFound, TemplateNotFound, TemplateMismatch, NoSender and BadSchedule. */
  async execute({ tenantId, actor, input }: CreateCampaign): Promise<CampaignView> {
    const { scheduledAt, venueId: wanted, pauseAtFailurePercent = PAUSE_AT_PERCENT, ...fields } = input;
    const { timezone } = await this.directory.tenant(tenantId);
    const venueId = await this.directory.venueOf(tenantId, wanted);
    await this.references.resolve(tenantId, { ...fields, venueId });
    return this.database.transaction(async (em) => {
      const campaign = em.create(Campaign, {
        description: null,
        category: null,
        senderId: null,
        expiresAt: null,
        messagesPerMinute: null,
        ...fields,
        tenantId,
        venueId,
        pauseAtFailurePercent,
        createdBy: actor,
        ...(scheduledAt !== undefined && { status: 'SCHEDULED', scheduledAt: readScheduleTime(scheduledAt, timezone) }),
      });
      await em.flush();
      await this.campaigns.made(campaign);
      return this.campaigns.view(tenantId, campaign.id);
    });
  }
}

@CommandHandler(UpdateCampaign)
export class UpdateCampaignHandler implements ICommandHandler<UpdateCampaign> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly references: CampaignReferences,
    private readonly campaigns: Campaigns,
    private readonly throttles: CampaignThrottles,
  ) {}

  /**
   * Omitted fields stay. Once launched, only the throttle and the threshold can be changed. Raises CampaignNotFound,
   * CampaignInState and what CreateCampaign raises.
   */
  execute({ tenantId, id, changes }: UpdateCampaign): Promise<CampaignView> {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const isThrottle = given.every(([field]) => THROTTLE.includes(field));
    return this.campaigns.change(tenantId, id, isThrottle ? 'throttle' : 'edit', async (campaign) => {
      const venueId = await this.directory.venueOf(tenantId, changes.venueId ?? campaign.venueId);
      Object.assign(campaign, Object.fromEntries(given), { venueId });
      if (!isThrottle) await this.references.resolve(tenantId, campaign);
      if (campaign.status === 'SENDING') await this.throttles.open(id, campaign.messagesPerMinute ?? null);
    });
  }
}

@CommandHandler(DeleteCampaign)
export class DeleteCampaignHandler implements ICommandHandler<DeleteCampaign> {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
  ) {}

  /** Raises CampaignNotFound, and CampaignInState for one that was launched. */
  async execute({ tenantId, id }: DeleteCampaign): Promise<void> {
    await this.database.transaction(async (em) => {
      await this.campaigns.change(tenantId, id, 'delete', () => undefined);
      await em.nativeDelete(Campaign, { id, tenantId });
    });
  }
}
