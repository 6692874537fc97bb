/** Estimates a launch of a campaign now. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contactsOf } from '../audiences/index.js';
import { exclusions } from '../consent/index.js';
import { Lanes } from '../dispatch/index.js';
import { Database } from '../kernel/index.js';
import { addressKindOf, consentChannel, countryOf } from '../tenants/index.js';
import { AudienceProbe, type Weighed } from './audience-probe.js';
import { CampaignReferences, type CampaignParts } from './campaign-references.js';
import { Campaigns } from './campaigns.js';
import type { CampaignView, EstimateView, SegmentsView } from './campaigns.dto.js';
import { LACKS_VARIABLES, neededBy } from './needed-variables.js';

/** Audiences up to this size are rendered whole; of larger ones a sample of this many contacts. */
const RENDERED = 10_000;

export class EstimateCampaign extends Query<EstimateView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

interface Counted {
  readonly audience: number;
  readonly excluded: Record<string, number>;
}

@QueryHandler(EstimateCampaign)
export class EstimateCampaignHandler implements IQueryHandler<EstimateCampaign> {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly references: CampaignReferences,
    private readonly probe: AudienceProbe,
    private readonly lanes: Lanes,
  ) {}

  /** Raises CampaignNotFound and what CreateCampaign raises. */
  async execute({ tenantId, id }: EstimateCampaign): Promise<EstimateView> {
    const campaign = await this.campaigns.view(tenantId, id);
    const parts = await this.references.resolve(tenantId, campaign);
    const { audience, excluded } = await this.count(tenantId, campaign, parts);
    const left = Object.values(excluded).reduce((sum, count) => sum + count, 0);
    const recipients = audience - left;
    const kind = addressKindOf(campaign.channel);
    const sample = await this.probe.render(campaign.audienceId, kind, campaign.channel, parts.template.compiled, {
      size: RENDERED,
      spread: true,
    });
    const segments = segmentsOf(sample.messages, recipients);
    const total = segments.reduce((sum, group) => sum + group.segments, 0);
    const laneRate = await this.lanes.rateOf(parts.laneId);
    const throttle = campaign.messagesPerMinute === null ? Infinity : campaign.messagesPerMinute / 60;
    return {
      audience,
      excluded: left,
      excludedBy: excluded,
      recipients,
      segments: total,
      bySegments: segments,
      sampled: audience > RENDERED,
      ratePerSecond: Math.min(laneRate, throttle),
      durationSeconds: Math.ceil(Math.max(total / laneRate, recipients / throttle)),
    };
  }

  private async count(
    tenantId: string,
    campaign: CampaignView,
    { template, category, route }: CampaignParts,
  ): Promise<Counted> {
    const question = {
      people: 'people',
      tenant: '$3::uuid',
      venue: '$4::uuid',
      channel: '$5',
      category: '$6::text',
      sender: '$7',
    };
    const [counted] = await this.database.query<Counted>(
      `with people as (${contactsOf({ audience: '$1', kind: '$2' })}),
       judged as (
         select coalesce(exclusion, case when ${LACKS_VARIABLES('attributes', '$8')} then 'missing_variables' end) as reason
         from (${exclusions(question)}) as considered),
       reason as (select reason, count(*) from judged group by reason)
       select coalesce(sum(count), 0)::int as audience,
         coalesce(jsonb_object_agg(reason, count) filter (where reason is not null), '{}') as excluded from reason`,
      [
        campaign.audienceId,
        addressKindOf(campaign.channel),
        tenantId,
        campaign.venueId,
        consentChannel(campaign.channel),
        category,
        route.address,
        neededBy(template.compiled),
      ],
    );
    return counted ?? { audience: 0, excluded: {} };
  }
}

/** By country and encoding, scaled from the rendered sample to all recipients. */
function segmentsOf(messages: readonly Weighed[], recipients: number): SegmentsView[] {
  const groups = new Map<
    string,
    { country: string | null; encoding: string | null; messages: number; segments: number }
  >();
  const weighed = messages.filter(({ segments }) => segments !== undefined);
  for (const { address, encoding = null, segments = 1 } of weighed) {
    const country = countryOf(address);
    const group = groups.get(`${country} ${encoding}`) ?? { country, encoding, messages: 0, segments: 0 };
    groups.set(`${country} ${encoding}`, {
      ...group,
      messages: group.messages + 1,
      segments: group.segments + segments,
    });
  }
  const scale = weighed.length === 0 ? 0 : recipients / weighed.length;
  return [...groups.values()]
    .map((group) => ({
      ...group,
      messages: Math.round(group.messages * scale),
      segments: Math.round(group.segments * scale),
    }))
    .sort((one, other) => other.segments - one.segments);
}
