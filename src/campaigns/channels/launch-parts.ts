/** What a launch fixes: of each channel the template version, the sender and its lane. */
import { Injectable } from '@nestjs/common';
import { People } from '../../audiences/index.js';
import type { Category } from '../../tenants/index.js';
import type { Campaign } from '../campaign.entity.js';
import { CampaignReferences } from '../campaign-references.js';
import type { RehearsalView } from '../campaigns.dto.js';
import { AudienceProbe } from '../preview/audience-probe.js';
import type { ChannelPlan, LaunchedChannel } from './campaign-channels.js';
import { Selections } from '../selection/selections.js';
import { textsOf } from '../variants/asked-variants.js';
import { CampaignVariants, type VariantStage } from '../variants/campaign-variants.js';

interface Launched {
  readonly first: LaunchedChannel;
  /** Of each channel, or of each variant. */
  readonly texts: readonly LaunchedChannel[];
  readonly channels: readonly LaunchedChannel[];
  /** Null for a single template. */
  readonly variantStage: VariantStage | null;
  readonly category: Category;
  /** The segment's; null for a whole audience. */
  readonly segmentRule: Record<string, unknown> | null;
  /** The audience's, where people are to be told apart; null for a single channel, which writes to addresses. */
  readonly generation: number | null;
  readonly rehearsal: RehearsalView;
}

@Injectable()
export class LaunchParts {
  constructor(
    private readonly references: CampaignReferences,
    private readonly probe: AudienceProbe,
    private readonly people: People,
    private readonly selections: Selections,
    private readonly variants: CampaignVariants,
  ) {}

  /** In the transaction of the launch. Raises what LaunchCampaign raises of references and of the audience. */
  async of(tenantId: string, campaign: Campaign, plans: readonly ChannelPlan[]): Promise<Launched> {
    const generation = plans.length > 1 ? await this.people.endGeneration(campaign.audienceId) : null;
    const { variants, test } = await this.variants.of(campaign.id);
    const resolved = await this.references.resolveAll(tenantId, campaign, textsOf(plans, variants));
    await this.references.requireApprovals(resolved);
    const segmentRule = await this.selections.hold(tenantId, campaign);
    const selection = await this.selections.now(tenantId, campaign);
    await this.probe.requireReaders(selection, resolved);
    const { rehearsal, typicalSegments } = await this.probe.rehearse(selection, resolved);
    const launched = resolved.map(({ channel, templateKey, senderId, template, route, laneId }, index) => ({
      place: index + 1,
      channel,
      templateKey,
      senderId,
      templateVersionId: template.versionId,
      laneId,
      provider: route.provider,
      senderAddress: route.address,
      senderName: route.displayName,
      segments: typicalSegments[index] ?? 1,
    }));
    const [first] = launched;
    const [parts] = resolved;
    if (!first || !parts) throw new Error('A campaign has a channel');
    const stage = test ? 'test' : 'whole';
    const isTried = variants.length > 0;
    if (isTried) await this.variants.fix(campaign.id, launched);
    return {
      first,
      texts: launched,
      channels: isTried ? [first] : launched,
      variantStage: isTried ? stage : null,
      category: parts.category,
      segmentRule,
      generation,
      rehearsal,
    };
  }
}
