/** Shows a campaign's message to one person, and whether that person would get it. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { exclusions } from '../../consent/index.js';
import { channelTo, withLinks } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { render, renderedView } from '../../templates/index.js';
import { consentChannel } from '../../tenants/index.js';
import { CampaignExample, type ExampleChoice } from './campaign-example.js';
import { CampaignReferences, type CampaignParts } from '../campaign-references.js';
import { Campaigns } from '../campaigns.js';
import type { CampaignPreviewView, CampaignView } from '../campaigns.dto.js';

export class PreviewCampaign extends Query<CampaignPreviewView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly choice: ExampleChoice,
  ) {
    super();
  }
}

const EXCLUSION = `
  with people as (select $1 as address)
  select exclusion from (${exclusions({
    people: 'people',
    tenant: '$2::uuid',
    venue: '$3::uuid',
    channel: '$4',
    category: '$5::text',
    sender: '$6',
  })}) as considered`;

@QueryHandler(PreviewCampaign)
export class PreviewCampaignHandler implements IQueryHandler<PreviewCampaign> {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly references: CampaignReferences,
    private readonly example: CampaignExample,
  ) {}

  /** Raises CampaignNotFound, and what CreateCampaign, `CampaignExample.of` and `render` raise. */
  async execute({ tenantId, id, choice }: PreviewCampaign): Promise<CampaignPreviewView> {
    const campaign = await this.campaigns.view(tenantId, id);
    const parts = await this.references.resolve(tenantId, campaign);
    const { audienceId, channel } = campaign;
    const { compiled, version } = parts.template;
    const { contact, data } = await this.example.of({ tenantId, audienceId, channel }, choice, compiled);
    const carried = contact === null ? channel : channelTo(contact, channel, parts.route);
    return {
      contact,
      excludedAs: contact === null ? null : await this.exclusionOf(contact, tenantId, campaign, parts),
      templateVersion: version,
      from: parts.route.address,
      content: renderedView(withLinks(carried, render(compiled, data)), carried === 'sms'),
    };
  }

  private async exclusionOf(
    address: string,
    tenantId: string,
    { venueId, channel }: CampaignView,
    { category, route }: CampaignParts,
  ): Promise<string | null> {
    const [row] = await this.database.query<{ exclusion: string | null }>(EXCLUSION, [
      address,
      tenantId,
      venueId,
      consentChannel(channel),
      category,
      route.address,
    ]);
    return row?.exclusion ?? null;
  }
}
