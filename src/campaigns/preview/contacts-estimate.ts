/** Estimates a campaign over a single channel: contacts, each with its address. */
import { Injectable } from '@nestjs/common';
import { contactsOf, sampleOf, type Contact } from '../../audiences/index.js';
import { ChargeForecast, type PriceAreas } from '../../billing/index.js';
import { exclusions } from '../../consent/index.js';
import { Lanes } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { addressKindOf, consentChannel } from '../../tenants/index.js';
import type { ResolvedChannel } from '../campaign-references.js';
import type { CampaignView, EstimateView } from '../campaigns.dto.js';
import { LACKS_VARIABLES, neededBy, neededByName } from '../needed-variables.js';
import { weighAll } from './audience-probe.js';
import { RENDERED, scaled, segmentsOf, sum } from './estimates.js';
import { foreseenOf, regionOf, sendingOf, type Region } from './foreseen-messages.js';

interface Counted {
  readonly audience: number;
  readonly excluded: Record<string, number>;
  readonly missing: Record<string, number>;
  /** Of those who would not be left out, in the order of their numbers. */
  readonly regions: readonly Region[];
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

@Injectable()
export class ContactsEstimate {
  constructor(
    private readonly database: Database,
    private readonly lanes: Lanes,
    private readonly forecast: ChargeForecast,
  ) {}

  async of(tenantId: string, campaign: CampaignView, parts: ResolvedChannel): Promise<EstimateView> {
    const asked = question(tenantId, campaign, parts);
    const areas = await this.forecast.areas();
    const { audience, excluded, missing, regions } = await this.count(asked, parts, areas);
    const left = sum(excluded);
    const sample = await this.sample(asked);
    const weighed = await weighAll(sample, parts.channel, parts);
    const failingBy = scaled(weighed.failing, weighed.people, audience - left);
    const failing = sum(failingBy);
    const recipients = audience - left - failing;
    const segments = segmentsOf(weighed.messages, recipients);
    const total = segments.reduce((all, group) => all + group.segments, 0);
    const laneRate = await this.lanes.rateOf(parts.laneId);
    const throttle = campaign.messagesPerMinute === null ? Infinity : campaign.messagesPerMinute / 60;
    const foreseen = foreseenOf(sendingOf(parts), weighed.messages, recipients, { regions, areas });
    return {
      audience,
      excluded: left,
      excludedBy: excluded,
      missingVariables: missing,
      failing,
      failingBy,
      recipients,
      byChannel: recipients > 0 ? { [parts.channel]: recipients } : {},
      segments: total,
      bySegments: segments,
      charge: await this.forecast.of({ tenantId, campaignId: campaign.id, category: parts.category }, foreseen),
      sampled: audience > RENDERED || weighed.people < sample.length,
      ratePerSecond: Math.min(laneRate, throttle),
      durationSeconds: Math.ceil(Math.max(total / laneRate, recipients / throttle)),
    };
  }

  private async count(asked: readonly unknown[], { template }: ResolvedChannel, areas: PriceAreas): Promise<Counted> {
    const needed = neededByName(template.compiled);
    const isEmail = asked[1] === 'email';
    const region = isEmail ? { start: 'null::text', area: 'null::text' } : regionOf('address', areas, 11);
    const [counted] = await this.database.query<Counted>(
      `with ${JUDGED(contactsOf(PEOPLE))},
       part as (
         select reason, case when reason is null then ${region.start} end as start, case when reason is null then ${region.area} end as area,
           count(*)::int as people, any_value(address) as example
         from judged group by 1, 2, 3),
       reason as (select reason, sum(people)::int as people from part where reason is not null group by reason),
       missing as (
         select name, count(*) from judged, unnest($9::text[], $10::text[]) as needed (name, jsonpath)
         where reason = 'missing_variables' and ${LACKS_VARIABLES('attributes', 'jsonpath')} group by name)
       select (select coalesce(sum(people), 0) from part)::int as audience,
         (select coalesce(jsonb_object_agg(reason, people), '{}') from reason) as excluded,
         (select coalesce(jsonb_object_agg(name, count), '{}') from missing) as missing,
         (select coalesce(jsonb_agg(jsonb_build_object('start', start, 'area', area, 'people', people, 'example', example)
            order by start collate "C", area collate "C"), '[]') from part where reason is null) as regions`,
      [
        ...asked,
        needed.map(([name]) => name),
        needed.map(([, jsonpath]) => jsonpath),
        ...(isEmail ? [] : areas.values),
      ],
    );
    return counted ?? { audience: 0, excluded: {}, missing: {}, regions: [] };
  }

  /** Of up to so many people of the audience, those who would not be left out. */
  private sample(asked: readonly unknown[]): Promise<Contact[]> {
    return this.database.query<Contact>(
      `with ${JUDGED(sampleOf(PEOPLE, '$9'))} select address, attributes from judged where reason is null order by md5(address)`,
      [...asked, RENDERED],
    );
  }
}

function question(
  tenantId: string,
  { audienceId, venueId }: CampaignView,
  { channel, template, category, route }: ResolvedChannel,
): unknown[] {
  return [
    audienceId,
    addressKindOf(channel),
    tenantId,
    venueId,
    consentChannel(channel),
    category,
    route.address,
    neededBy(template.compiled),
  ];
}
