/** Estimates a launch of a campaign now. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contactsOf, sampleOf, type Contact } from '../../audiences/index.js';
import { exclusions } from '../../consent/index.js';
import { Lanes } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { addressKindOf, consentChannel } from '../../tenants/index.js';
import { weighAll } from './audience-probe.js';
import { CampaignReferences, type CampaignParts } from '../campaign-references.js';
import { Campaigns } from '../campaigns.js';
import type { CampaignView, EstimateView } from '../campaigns.dto.js';
import { RENDERED, scaled, segmentsOf, sum } from './estimates.js';
import { LACKS_VARIABLES, neededBy, neededByName } from '../needed-variables.js';
import { PeopleEstimate } from './people-estimate.js';

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
  readonly missing: Record<string, number>;
}

/** People who would be left out, with the reason, and who would not. Parameters: those of `asked`. */
const JUDGED = (people: string): string => `
  people as (${people}),
  judged as (
    select address, attributes,
      coalesce(exclusion, case when ${LACKS_VARIABLES('attributes', '$8')} then 'missing_variables' end) as reason
    from (${exclusions({
      people: 'people',
      tenant: '$3::uuid',
      venue: '$4::uuid',
      channel: '$5',
      category: '$6::text',
      sender: '$7',
    })}) as considered)`;
const PEOPLE = { audience: '$1', kind: '$2' };

@QueryHandler(EstimateCampaign)
export class EstimateCampaignHandler implements IQueryHandler<EstimateCampaign> {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly references: CampaignReferences,
    private readonly lanes: Lanes,
    private readonly people: PeopleEstimate,
  ) {}

  /** Raises CampaignNotFound and what CreateCampaign raises. */
  async execute({ tenantId, id }: EstimateCampaign): Promise<EstimateView> {
    const campaign = await this.campaigns.view(tenantId, id);
    const channels = await this.references.resolveAll(tenantId, campaign, campaign.channels);
    const [parts] = channels;
    if (!parts || channels.length > 1) return this.people.of({ tenantId, ...campaign }, channels);
    const asked = question(tenantId, campaign, parts);
    const { audience, excluded, missing } = await this.count(asked, neededByName(parts.template.compiled));
    const left = sum(excluded);
    const sample = await this.sample(asked);
    const weighed = await weighAll(sample, campaign.channel, parts);
    const failingBy = scaled(weighed.failing, weighed.people, audience - left);
    const failing = sum(failingBy);
    const recipients = audience - left - failing;
    const segments = segmentsOf(weighed.messages, recipients);
    const total = segments.reduce((all, group) => all + group.segments, 0);
    const laneRate = await this.lanes.rateOf(parts.laneId);
    const throttle = campaign.messagesPerMinute === null ? Infinity : campaign.messagesPerMinute / 60;
    return {
      audience,
      excluded: left,
      excludedBy: excluded,
      missingVariables: missing,
      failing,
      failingBy,
      recipients,
      byChannel: recipients > 0 ? { [campaign.channel]: recipients } : {},
      segments: total,
      bySegments: segments,
      sampled: audience > RENDERED || weighed.people < sample.length,
      ratePerSecond: Math.min(laneRate, throttle),
      durationSeconds: Math.ceil(Math.max(total / laneRate, recipients / throttle)),
    };
  }

  private async count(
    asked: readonly unknown[],
    needed: readonly (readonly [name: string, jsonpath: string])[],
  ): Promise<Counted> {
    const [counted] = await this.database.query<Counted>(
      `with ${JUDGED(contactsOf(PEOPLE))},
       reason as (select reason, count(*) from judged group by reason),
       missing as (
         select name, count(*) from judged, unnest($9::text[], $10::text[]) as needed (name, jsonpath)
         where reason = 'missing_variables' and ${LACKS_VARIABLES('attributes', 'jsonpath')} group by name)
       select coalesce(sum(count), 0)::int as audience,
         coalesce(jsonb_object_agg(reason, count) filter (where reason is not null), '{}') as excluded,
         (select coalesce(jsonb_object_agg(name, count), '{}') from missing) as missing
       from reason`,
      [...asked, needed.map(([name]) => name), needed.map(([, jsonpath]) => jsonpath)],
    );
    return counted ?? { audience: 0, excluded: {}, missing: {} };
  }

  /** Of up to so many people of the audience, those who would not be left out. */
  private sample(asked: readonly unknown[]): Promise<Contact[]> {
    return this.database.query<Contact>(
      `with ${JUDGED(sampleOf(PEOPLE, '$9'))} select address, attributes from judged where reason is null order by md5(address)`,
      [...asked, RENDERED],
    );
  }
}

function question(tenantId: string, campaign: CampaignView, { template, category, route }: CampaignParts): unknown[] {
  return [
    campaign.audienceId,
    addressKindOf(campaign.channel),
    tenantId,
    campaign.venueId,
    consentChannel(campaign.channel),
    category,
    route.address,
    neededBy(template.compiled),
  ];
}
