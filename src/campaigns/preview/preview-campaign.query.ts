/** Shows a campaign's message to one person, and whether that person would get it. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { exclusions } from '../../consent/index.js';
import { channelTo, withLinks } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { renderPatiently, renderedView } from '../../templates/index.js';
import { addressKindOf, consentChannel, type AllowedCountries } from '../../tenants/index.js';
import { kindOf } from '../../lists/index.js';
import { CampaignExample, type Example, type ExampleChoice } from './campaign-example.js';
import { CampaignReferences, type ResolvedChannel } from '../campaign-references.js';
import { Campaigns } from '../campaigns.js';
import { channelsOf } from '../channels/named-channel.js';
import { PersonChoice } from '../channels/person-choice.js';
import type { CampaignPreviewView, CampaignView } from '../campaigns.dto.js';
import { textsOf, variantsNamed } from '../variants/asked-variants.js';
import { partsOf, placeOf } from '../variants/variant-bucket.js';

export class PreviewCampaign extends Query<CampaignPreviewView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly choice: ExampleChoice,
  ) {
    super();
  }
}

const exclusion = (allowedCountries: AllowedCountries): string => `
  with people as (select $1 as address)
  select exclusion from (${exclusions({
    people: 'people',
    tenant: '$2::uuid',
    venue: '$3::uuid',
    channel: '$4',
    category: '$5::text',
    sender: '$6',
    allowedCountries,
  })}) as considered`;

@QueryHandler(PreviewCampaign)
export class PreviewCampaignHandler implements IQueryHandler<PreviewCampaign> {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly references: CampaignReferences,
    private readonly example: CampaignExample,
    private readonly choice: PersonChoice,
  ) {}

  /**
   * Raises CampaignNotFound, ChannelNotInCampaign, VariantNotInCampaign, and what CreateCampaign, `CampaignExample.of` and `render` raise.
   */
  async execute({ tenantId, id, choice }: PreviewCampaign): Promise<CampaignPreviewView> {
    const campaign = await this.campaigns.view(tenantId, id);
    const texts = textsOf(campaign.channels, variantsNamed(campaign.variants, choice.variant));
    const channels = await this.references.resolveAll(tenantId, campaign, texts);
    const [first] = channelsOf(channels, choice.channel);
    const example = await this.exampleOf(tenantId, campaign, choice, { channels, first });
    const { contact } = example;
    const leftOut = contact === null ? null : await this.example.leftOut(tenantId, campaign, contact);
    if (campaign.channels.length === 1) {
      const shown = textFor(campaign, channels, contact) ?? first;
      const excluded = contact === null ? null : await this.exclusionOf(contact, tenantId, campaign, shown);
      const excludedAs = reasonOf(excluded, leftOut);
      const goesAt = await this.example.goesAt(tenantId, campaign, example);
      const variant = campaign.variants.length > 0 ? { variant: shown.templateKey } : {};
      return { contact, excludedAs, goesAt, ...(await contentOf(shown, example)), ...variant };
    }
    const options = contact === null ? [] : await this.choice.of({ tenantId, ...campaign }, channels, contact);
    const [taken] = options;
    const option = options.find(({ channel }) => channel === (choice.channel ?? taken?.channel));
    const resolved = channels.find(({ channel }) => channel === option?.channel) ?? first;
    const data = option ? { contact: option.address, data: option.attributes } : example;
    const unreached = contact === null ? null : 'no_address';
    return {
      contact: data.contact,
      excludedAs: option ? reasonOf(option.reason, leftOut) : unreached,
      goesAt: await this.example.goesAt(tenantId, campaign, data),
      ...(await contentOf(resolved, data)),
      channel: resolved.channel,
      options: options.map(({ channel, address, reason }) => ({
        channel,
        contact: address,
        excludedAs: reasonOf(reason, leftOut),
      })),
    };
  }

  /** Who is named may be so by an address for another channel than the first. */
  private exampleOf(
    tenantId: string,
    { audienceId, segmentId }: CampaignView,
    choice: ExampleChoice,
    { channels, first }: { readonly channels: readonly ResolvedChannel[]; readonly first: ResolvedChannel },
  ): Promise<Example> {
    const { contact } = choice;
    const named = channels.find(({ channel }) => contact !== undefined && addressKindOf(channel) === kindOf(contact));
    const { channel } = named ?? first;
    return this.example.of({ tenantId, audienceId, segmentId, channel }, choice, first.template.compiled);
  }

  private async exclusionOf(
    address: string,
    tenantId: string,
    { venueId, channel }: CampaignView,
    { category, route, allowedCountries }: ResolvedChannel,
  ): Promise<string | null> {
    const [row] = await this.database.query<{ exclusion: string | null }>(exclusion(allowedCountries), [
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

/** The variant that a contact falls on, unless one is named; undefined for nobody. */
function textFor(
  { id, variants }: CampaignView,
  texts: readonly ResolvedChannel[],
  contact: string | null,
): ResolvedChannel | undefined {
  if (contact === null || texts.length < variants.length) return undefined;
  return texts[placeOf(id, contact, partsOf(variants.map(({ share }) => share))) - 1];
}

/** Who is not in the segment is not asked for consent. */
const reasonOf = (reason: string | null, leftOut: string | null): string | null =>
  leftOut === 'not_in_segment' ? leftOut : (reason ?? leftOut);

async function contentOf(
  { channel, template: { compiled, version }, route }: ResolvedChannel,
  { contact, data }: Example,
): Promise<Pick<CampaignPreviewView, 'templateVersion' | 'from' | 'content'>> {
  const carried = contact === null ? channel : channelTo(contact, channel, route);
  const content = renderedView(withLinks(carried, await renderPatiently(compiled, data)), carried === 'sms');
  return { templateVersion: version, from: route.address, content };
}
