/** Resolves and validates everything a campaign references: the same check on draft, change and launch. */
import { Injectable } from '@nestjs/common';
import type { AttachmentRef } from '../files/index.js';
import { DomainError, lookingUp } from '../kernel/index.js';
import { ChannelDisabled, IdentificationMissing, Lanes } from '../dispatch/index.js';
import {
  certainlyLacking,
  categoryOf,
  requireChannel,
  TemplateLibrary,
  type LoadedTemplate,
} from '../templates/index.js';
import {
  isTexted,
  SenderDirectory,
  type AllowedCountries,
  type Category,
  type Channel,
  type SenderRoute,
} from '../tenants/index.js';
import type { ChannelPlan } from './channels/campaign-channels.js';
import { ChannelContents } from './channels/channel-contents.js';
import { CategoriesDiffer } from './campaigns.errors.js';
import { Selections } from './selection/selections.js';

export interface CampaignPlan {
  readonly channel: Channel;
  readonly venueId: string;
  readonly templateKey: string;
  readonly audienceId: string;
  readonly segmentId?: string | null | undefined;
  readonly category?: Category | null | undefined;
  readonly senderId?: string | null | undefined;
  readonly attachments?: readonly AttachmentRef[] | null | undefined;
}

/** What a plan's references currently resolve to. */
export interface CampaignParts {
  readonly template: LoadedTemplate;
  readonly category: Category;
  readonly route: SenderRoute;
  readonly laneId: string;
  /** Where the tenant sends to. */
  readonly allowedCountries: AllowedCountries;
}

/** A channel with what its references currently resolve to. */
export interface ResolvedChannel extends ChannelPlan, CampaignParts {}

/** The fields of a channel, where a campaign has several. */
const OF_CHANNEL = ['channel', 'templateKey', 'senderId'];

@Injectable()
export class CampaignReferences {
  constructor(
    private readonly selections: Selections,
    private readonly templates: TemplateLibrary,
    private readonly directory: SenderDirectory,
    private readonly lanes: Lanes,
    private readonly contents: ChannelContents,
  ) {}

  /**
   * Raises ChannelDisabled, VenueNotFound, AudienceNotFound, SegmentNotFound, TemplateNotFound, TemplateMismatch, IdentificationMissing, SenderNotFound,
   * SenderInactive and NoSender.
   */
  async resolve(tenantId: string, plan: CampaignPlan): Promise<CampaignParts> {
    const tenant = await this.directory.tenant(tenantId);
    if (!tenant.sendsOn(plan.channel)) throw new ChannelDisabled(plan.channel);
    const venueId = await this.directory.venueOf(tenantId, plan.venueId);
    await this.selections.hold(tenantId, plan);
    const template = await lookingUp('templateKey', this.templates.current(tenantId, plan.templateKey));
    requireChannel(template, plan.channel);
    const category = categoryOf(template, plan.category);
    if (category === 'marketing' && tenant.requireIdentification && isTexted(plan.channel)) {
      const missing = certainlyLacking(template.compiled, await this.directory.namesOf(tenantId, venueId));
      if (missing.length > 0) throw new IdentificationMissing(missing, 'templateKey');
    }
    const { channel, senderId } = plan;
    const route = await this.directory.routeFor(tenantId, venueId, {
      channel,
      category,
      senderId: senderId ?? undefined,
    });
    const laneId = await this.lanes.laneFor(route, channel);
    return { template, category, route, laneId, allowedCountries: tenant.allowedCountries };
  }

  /**
   * Of each channel, in this order. Raises what `resolve` and `ChannelContents.requireAttachments` raise, and CategoriesDiffer unless all are
   * of one category: of several channels, an error names its own.
   */
  async resolveAll(
    tenantId: string,
    plan: Pick<CampaignPlan, 'venueId' | 'audienceId' | 'segmentId' | 'category' | 'attachments'>,
    channels: readonly ChannelPlan[],
  ): Promise<ResolvedChannel[]> {
    const { venueId, audienceId, segmentId, category } = plan;
    const resolved: ResolvedChannel[] = [];
    for (const [place, channel] of channels.entries()) {
      const parts = await this.resolve(tenantId, { venueId, audienceId, segmentId, category, ...channel }).catch(
        (error: unknown) => {
          throw error instanceof DomainError && channels.length > 1 ? placed(error, place, channels) : error;
        },
      );
      resolved.push({ ...channel, ...parts });
    }
    const categories = new Set(resolved.map((channel) => channel.category));
    if (categories.size > 1) throw new CategoriesDiffer([...categories]);
    await this.contents.requireAttachments(tenantId, plan.attachments ?? [], resolved);
    return resolved;
  }

  /** Raises TemplateNotApproved, as `ChannelContents.requireApproval` does. */
  async requireApprovals(channels: readonly ResolvedChannel[]): Promise<void> {
    for (const channel of channels) await this.contents.requireApproval(channel);
  }
}

/** An error of one of several channels, or variants of one, names it. */
function placed(error: DomainError, place: number, [first, second]: readonly ChannelPlan[]): DomainError {
  if (first?.channel === second?.channel)
    return error.relocated((path) => (path === 'templateKey' ? `variants[${place}].${path}` : path));
  return error.relocated((path) => (OF_CHANNEL.includes(path) ? `channels[${place}].${path}` : path));
}
