/** What a launch fixes: of each channel the template version, the sender and its lane. */
import { Injectable } from '@nestjs/common';
import { People } from '../../audiences/index.js';
import type { Category } from '../../tenants/index.js';
import type { Campaign } from '../campaign.entity.js';
import { CampaignReferences } from '../campaign-references.js';
import type { RehearsalView } from '../campaigns.dto.js';
import { AudienceProbe } from '../preview/audience-probe.js';
import type { ChannelPlan, LaunchedChannel } from './campaign-channels.js';

interface Launched {
  readonly first: LaunchedChannel;
  readonly channels: readonly LaunchedChannel[];
  readonly category: Category;
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
  ) {}

  /** In the transaction of the launch. Raises what LaunchCampaign raises of references and of the audience. */
  async of(tenantId: string, campaign: Campaign, plans: readonly ChannelPlan[]): Promise<Launched> {
    const { audienceId } = campaign;
    const generation = plans.length > 1 ? await this.people.endGeneration(audienceId) : null;
    const resolved = await this.references.resolveAll(tenantId, campaign, plans);
    for (const parts of resolved) await this.references.requireApproval(parts);
    await this.probe.requireReaders(audienceId, resolved);
    const { rehearsal, typicalSegments } = await this.probe.rehearse(audienceId, resolved);
    const channels = resolved.map(({ channel, templateKey, senderId, template, route, laneId }, index) => ({
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
    const [first] = channels;
    const [parts] = resolved;
    if (!first || !parts) throw new Error('A campaign has a channel');
    return { first, channels, category: parts.category, generation, rehearsal };
  }
}
