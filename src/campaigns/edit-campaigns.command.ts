/** Drafts, changes and deletes campaigns. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { CampaignThrottles } from '../dispatch/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { changedChannels, channelsOf } from './channels/asked-channels.js';
import { CampaignChannels, type ChannelPlan } from './channels/campaign-channels.js';
import { CampaignReferences } from './campaign-references.js';
import { Campaign } from './campaign.entity.js';
import type { CampaignAction } from './campaign.states.js';
import { Campaigns } from './campaigns.js';
import type { CampaignView, CreateCampaignBody, UpdateCampaignBody } from './campaigns.dto.js';
import { firstVariant, requireOneHour, severalOf, textsOf, variantsOf } from './variants/asked-variants.js';
import { readSchedule } from './schedule-time.js';

const PAUSE_AT_PERCENT = 20;
/** What may change while it is sending. */
const THROTTLE: readonly string[] = ['messagesPerMinute', 'pauseAtFailurePercent', 'budget'];
/** What may change even later: what follows its messages may wait for it. */
const BUDGET: readonly string[] = ['budget'];
/** What is no column of the campaign. */
const APART: readonly string[] = ['channels', 'variants', 'test', 'budget'];

/** The first channel stands in the campaign's own row. */
function firstOf([first]: readonly ChannelPlan[]): ChannelPlan {
  if (!first) throw new Error('A campaign has a channel');
  return first;
}

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
    readonly actor: string,
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
    private readonly channels: CampaignChannels,
    private readonly campaigns: Campaigns,
  ) {}

  /**
   * Raises InvalidRequest, VenueRequired, VenueNotFound, AudienceNotFound, TemplateNotFound, TemplateMismatch, NoSender,
   * CategoriesDiffer, BudgetCurrencyDiffers and BadSchedule.
   */
  async execute({ tenantId, actor, input }: CreateCampaign): Promise<CampaignView> {
    const {
      scheduledAt,
      inZone,
      ifPast,
      venueId: wanted,
      pauseAtFailurePercent = PAUSE_AT_PERCENT,
      channels: _,
      budget,
      variants: _variants,
      test: _test,
      ...fields
    } = input;
    const variants = variantsOf(input);
    const attachments = input.attachments?.length ? input.attachments : null;
    const channels = channelsOf({ ...input, ...firstVariant(variants) });
    const { timezone } = await this.directory.tenant(tenantId);
    const schedule = scheduledAt === undefined ? undefined : readSchedule({ scheduledAt, inZone, ifPast }, timezone);
    requireOneHour(variants, schedule?.localTime);
    const venueId = await this.directory.venueOf(tenantId, wanted);
    await this.references.resolveAll(tenantId, { ...fields, venueId }, textsOf(channels, variants.variants));
    return this.database.transaction(async (em) => {
      const campaign = em.create(Campaign, {
        description: null,
        category: null,
        segmentId: null,
        frequencyCapDays: null,
        expiresAt: null,
        messagesPerMinute: null,
        ...fields,
        attachments,
        ...firstOf(channels),
        tenantId,
        venueId,
        pauseAtFailurePercent,
        createdBy: actor,
        ...(schedule && { status: 'SCHEDULED', ...schedule }),
      });
      await em.flush();
      await this.channels.replace(campaign.id, channels, variants);
      if (budget) await this.campaigns.putBudget(campaign, budget);
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
    private readonly channels: CampaignChannels,
    private readonly campaigns: Campaigns,
    private readonly throttles: CampaignThrottles,
  ) {}

  /**
   * Omitted fields stay; `channels` and `variants` replace all of them. Once launched, only the throttle, the threshold and the budget can be changed. Raises
   * CampaignNotFound, CampaignInState and what CreateCampaign raises.
   */
  execute({ tenantId, id, actor, changes }: UpdateCampaign): Promise<CampaignView> {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const isWithin = (fields: readonly string[]): boolean => given.every(([field]) => fields.includes(field));
    const isBudget = given.length > 0 && isWithin(BUDGET);
    const isThrottle = isWithin(THROTTLE);
    const action: CampaignAction = isBudget ? 'budget' : isThrottle ? 'throttle' : 'edit';
    return this.campaigns.change(tenantId, id, action, async (campaign) => {
      if (changes.budget !== undefined) await this.campaigns.putBudget(campaign, changes.budget);
      if (isBudget) return;
      const venueId = await this.directory.venueOf(tenantId, changes.venueId ?? campaign.venueId);
      const before = await this.channels.of(campaign);
      const variants = variantsOf({ ...severalOf(before), ...changes }, await this.channels.variantsOf(id));
      requireOneHour(variants, campaign.localTime);
      const channels = changedChannels(changes, before).map((channel) => ({ ...channel, ...firstVariant(variants) }));
      const fields = given.filter(([field]) => !APART.includes(field));
      Object.assign(campaign, Object.fromEntries(fields), firstOf(channels), { venueId });
      if (!isThrottle) campaign.changedBy = actor;
      if (campaign.attachments?.length === 0) campaign.attachments = null;
      if (!isThrottle) {
        await this.references.resolveAll(tenantId, campaign, textsOf(channels, variants.variants));
        await this.channels.replace(id, channels, variants);
      }
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
