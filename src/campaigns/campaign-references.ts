/** Resolves and validates everything a campaign references: the same check on draft, change and launch. */
import { Injectable } from '@nestjs/common';
import { DomainError, lookingUp } from '../kernel/index.js';
import { ChannelDisabled, Lanes } from '../dispatch/index.js';
import {
  categoryOf,
  ContentApprovals,
  requireChannel,
  TemplateLibrary,
  TemplateNotApproved,
  type LoadedTemplate,
} from '../templates/index.js';
import { SenderDirectory, type Category, type Channel, type SenderRoute } from '../tenants/index.js';
import { AudienceStore } from '../audiences/index.js';
import type { ChannelPlan } from './channels/campaign-channels.js';
import { CategoriesDiffer } from './campaigns.errors.js';

export interface CampaignPlan {
  readonly channel: Channel;
  readonly venueId: string;
  readonly templateKey: string;
  readonly audienceId: string;
  readonly category?: Category | null | undefined;
  readonly senderId?: string | null | undefined;
}

/** What a plan's references currently resolve to. */
export interface CampaignParts {
  readonly template: LoadedTemplate;
  readonly category: Category;
  readonly route: SenderRoute;
  readonly laneId: string;
}

/** A channel with what its references currently resolve to. */
export interface ResolvedChannel extends ChannelPlan, CampaignParts {}

/** The fields of a channel, where a campaign has several. */
const OF_CHANNEL = ['channel', 'templateKey', 'senderId'];

@Injectable()
export class CampaignReferences {
  constructor(
    private readonly audiences: AudienceStore,
    private readonly templates: TemplateLibrary,
    private readonly directory: SenderDirectory,
    private readonly lanes: Lanes,
    private readonly approvals: ContentApprovals,
  ) {}

  /**
   * Raises ChannelDisabled, VenueNotFound, AudienceNotFound, TemplateNotFound, TemplateMismatch, SenderNotFound, SenderInactive
   * and NoSender.
   */
  async resolve(tenantId: string, plan: CampaignPlan): Promise<CampaignParts> {
    const tenant = await this.directory.tenant(tenantId);
    if (!tenant.sendsOn(plan.channel)) throw new ChannelDisabled(plan.channel);
    const venueId = await this.directory.venueOf(tenantId, plan.venueId);
    await lookingUp('audienceId', this.audiences.hold(tenantId, plan.audienceId));
    const template = await lookingUp('templateKey', this.templates.current(tenantId, plan.templateKey));
    requireChannel(template, plan.channel);
    const category = categoryOf(template, plan.category);
    const { channel, senderId } = plan;
    const route = await this.directory.routeFor(tenantId, venueId, {
      channel,
      category,
      senderId: senderId ?? undefined,
    });
    return { template, category, route, laneId: await this.lanes.laneFor(route, channel) };
  }

  /**
   * Of each channel, in this order. Raises what `resolve` raises, and CategoriesDiffer unless all are of one category: of several
   * channels, an error names its own.
   */
  async resolveAll(
    tenantId: string,
    plan: Pick<CampaignPlan, 'venueId' | 'audienceId' | 'category'>,
    channels: readonly ChannelPlan[],
  ): Promise<ResolvedChannel[]> {
    const { venueId, audienceId, category } = plan;
    const resolved: ResolvedChannel[] = [];
    for (const [place, channel] of channels.entries()) {
      const parts = await this.resolve(tenantId, { venueId, audienceId, category, ...channel }).catch(
        (error: unknown) => {
          throw error instanceof DomainError && channels.length > 1 ? placed(error, place) : error;
        },
      );
      resolved.push({ ...channel, ...parts });
    }
    const categories = new Set(resolved.map((channel) => channel.category));
    if (categories.size > 1) throw new CategoriesDiffer([...categories]);
    return resolved;
  }

  /** Raises TemplateNotApproved for a template of which WhatsApp is known to have decided otherwise, or not yet. */
  async requireApproval({ template, route }: Pick<CampaignParts, 'template' | 'route'>): Promise<void> {
    const { contentSid } = template.compiled;
    if (contentSid === undefined) return;
    const known = await this.approvals.known({ accountId: route.accountId, contentSid });
    if (known?.status && known.status !== 'approved') throw new TemplateNotApproved(known.status);
  }
}

/** An error of one of several channels names it. */
const placed = (error: DomainError, place: number): DomainError =>
  error.relocated((path) => (OF_CHANNEL.includes(path) ? `channels[${place}].${path}` : path));
