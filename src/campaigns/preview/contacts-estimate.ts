/** Estimates a campaign over a single channel: contacts, each with its address. */
import { Injectable } from '@nestjs/common';
import { contactsOf, sampleOf, type Contact } from '../../audiences/index.js';
import { ChargeForecast, type Foreseen, type PriceAreas } from '../../billing/index.js';
import { exclusions } from '../../consent/index.js';
import { Lanes } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { addressKindOf, consentChannel } from '../../tenants/index.js';
import type { ResolvedChannel } from '../campaign-references.js';
import type { CampaignView, EstimateView } from '../campaigns.dto.js';
import { RecipientHours } from '../hours/recipient-hours.js';
import { LACKS_VARIABLES, neededBy, neededByName } from '../needed-variables.js';
import type { Selection, SelectionSql } from '../selection/selection.js';
import { Selections } from '../selection/selections.js';
import { isOfVariant, partsOf } from '../variants/variant-bucket.js';
import { summed, weighAll } from './audience-probe.js';
import { joinedSegments, RENDERED, scaled, segmentsOf, sum } from './estimates.js';
import { foreseenOf, regionOf, sendingOf, type Region } from './foreseen-messages.js';

interface Counted {
  readonly audience: number;
  readonly excluded: Record<string, number>;
  readonly missing: Record<string, number>;
  /** Of those who would not be left out, in the order of their numbers. */
  readonly regions: readonly Region[];
}

/** People who would be left out, with the reason, and who would not. Parameters: those of `asked`. */
const JUDGED = (people: string, { isWritten, allowedCountries }: SelectionSql): string => `
  people as (${people}),
  judged as (
    select address, attributes,
      coalesce(exclusion, case when ${isWritten('considered.address')} then 'written_lately'
        when ${LACKS_VARIABLES('attributes', '$8')} then 'missing_variables' end) as reason
    from (${exclusions({
      people: 'people',
      tenant: '$3::uuid',
      venue: '$4::uuid',
      channel: '$5',
      category: '$6::text',
      sender: '$7',
      allowedCountries,
    })}) as considered)`;
const PEOPLE = { audience: '$1', kind: '$2' };

/** Of one template, and the contacts that it is for. */
interface PartEstimate extends Pick<
  EstimateView,
  | 'audience'
  | 'excludedBy'
  | 'missingVariables'
  | 'failingBy'
  | 'recipients'
  | 'bySegments'
  | 'sampled'
  | 'firstAt'
  | 'lastAt'
> {
  readonly foreseen: readonly Foreseen[];
}

const sumOf = (parts: readonly PartEstimate[], of: 'audience' | 'recipients'): number =>
  parts.reduce((total, part) => total + part[of], 0);
const byTime = (one: string, other: string): number => Date.parse(one) - Date.parse(other);

@Injectable()
export class ContactsEstimate {
  constructor(
    private readonly database: Database,
    private readonly lanes: Lanes,
    private readonly forecast: ChargeForecast,
    private readonly selections: Selections,
    private readonly hours: RecipientHours,
  ) {}

  /** Of several variants each is for its part of the contacts, as if no test came first. */
  async of(tenantId: string, campaign: CampaignView, texts: readonly ResolvedChannel[]): Promise<EstimateView> {
    const [first] = texts;
    if (!first) throw new Error('A campaign has a template');
    const selection = await this.selections.now(tenantId, campaign);
    const areas = await this.forecast.areas();
    const variants = partsOf(campaign.variants.map(({ share }) => share));
    const total = variants.at(-1)?.until ?? 1;
    const parts: PartEstimate[] = [];
    for (const [index, text] of texts.entries()) {
      const variant = variants[index];
      const own = variant ? selection.within(isOfVariant(campaign.id, variant, total)) : selection;
      parts.push(await this.part(tenantId, campaign, text, { selection: own, areas }));
    }
    const [audience, recipients] = [sumOf(parts, 'audience'), sumOf(parts, 'recipients')];
    const excludedBy = summed(parts.map((part) => part.excludedBy));
    const failingBy = summed(parts.map((part) => part.failingBy));
    const bySegments = joinedSegments(parts.flatMap((part) => part.bySegments));
    const segments = bySegments.reduce((all, group) => all + group.segments, 0);
    const laneRate = await this.lanes.rateOf(first.laneId);
    const throttle = campaign.messagesPerMinute === null ? Infinity : campaign.messagesPerMinute / 60;
    const asked = { tenantId, campaignId: campaign.id, category: first.category };
    return {
      audience,
      excluded: sum(excludedBy),
      excludedBy,
      missingVariables: summed(parts.map((part) => part.missingVariables)),
      failing: sum(failingBy),
      failingBy,
      recipients,
      byChannel: recipients > 0 ? { [first.channel]: recipients } : {},
      segments,
      bySegments,
      charge: await this.forecast.of(
        asked,
        parts.flatMap((part) => part.foreseen),
      ),
      sampled: parts.some((part) => part.sampled),
      ratePerSecond: Math.min(laneRate, throttle),
      durationSeconds: Math.ceil(Math.max(segments / laneRate, recipients / throttle)),
      firstAt: parts.flatMap(({ firstAt }) => firstAt ?? []).toSorted(byTime)[0] ?? null,
      lastAt:
        parts
          .flatMap(({ lastAt }) => lastAt ?? [])
          .toSorted(byTime)
          .at(-1) ?? null,
    };
  }

  private async part(
    tenantId: string,
    campaign: CampaignView,
    text: ResolvedChannel,
    { selection, areas }: { readonly selection: Selection; readonly areas: PriceAreas },
  ): Promise<PartEstimate> {
    const asked = question(tenantId, campaign, text);
    const { audience, excluded: excludedBy, missing, regions } = await this.count(asked, selection, text, areas);
    const left = audience - sum(excludedBy);
    const sample = await this.sample(asked, selection);
    const weighed = await weighAll(sample, text.channel, text);
    const failingBy = scaled(weighed.failing, weighed.people, left);
    const recipients = left - sum(failingBy);
    return {
      audience,
      excludedBy,
      missingVariables: missing,
      failingBy,
      recipients,
      bySegments: segmentsOf(weighed.messages, recipients),
      foreseen: foreseenOf(sendingOf(text), weighed.messages, recipients, { regions, areas }),
      sampled: audience > RENDERED || weighed.people < sample.length,
      ...(await this.going(tenantId, campaign, asked, selection)),
    };
  }

  /** When they would go. */
  private going(
    tenantId: string,
    campaign: CampaignView,
    asked: readonly unknown[],
    selection: Selection,
  ): Promise<Pick<EstimateView, 'firstAt' | 'lastAt'>> {
    const chosen = selection.sql(9);
    const contacts = `with ${JUDGED(contactsOf({ ...PEOPLE, members: chosen.members }), chosen)}
      select address, attributes from judged where reason is null`;
    return this.hours.foreseen(tenantId, campaign, contacts, [...asked, ...chosen.values]);
  }

  private async count(
    asked: readonly unknown[],
    selection: Selection,
    { template }: ResolvedChannel,
    areas: PriceAreas,
  ): Promise<Counted> {
    const needed = neededByName(template.compiled);
    const isEmail = asked[1] === 'email';
    const region = isEmail ? { start: 'null::text', area: 'null::text' } : regionOf('address', areas, 11);
    const beside = isEmail ? [] : areas.values;
    const chosen = selection.sql(11 + beside.length);
    const [counted] = await this.database.query<Counted>(
      `with ${JUDGED(contactsOf({ ...PEOPLE, members: chosen.members }), chosen)},
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
      [...asked, needed.map(([name]) => name), needed.map(([, jsonpath]) => jsonpath), ...beside, ...chosen.values],
    );
    return counted ?? { audience: 0, excluded: {}, missing: {}, regions: [] };
  }

  /** Of up to so many people of the audience, those who would not be left out. */
  private sample(asked: readonly unknown[], selection: Selection): Promise<Contact[]> {
    const chosen = selection.sql(10);
    return this.database.query<Contact>(
      `with ${JUDGED(sampleOf({ ...PEOPLE, members: chosen.members }, '$9'), chosen)}
       select address, attributes from judged where reason is null order by md5(address)`,
      [...asked, RENDERED, ...chosen.values],
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
