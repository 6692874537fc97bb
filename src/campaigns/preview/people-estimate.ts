/** Estimates a campaign over several channels: people, each counted once, by the channel that would be chosen for them. */
import { Injectable } from '@nestjs/common';
import { allPeopleOf, sampleOfPeople, type Contact } from '../../audiences/index.js';
import { ChargeForecast, type ChargeForecastView, type Foreseen, type PriceAreas } from '../../billing/index.js';
import { Lanes } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { addressKindOf, type Channel } from '../../tenants/index.js';
import type { ResolvedChannel } from '../campaign-references.js';
import { choiceOf } from '../channels/choice.sql.js';
import { unlaunched, type ChoiceQuestion } from '../channels/person-choice.js';
import type { CampaignView, EstimateView, SegmentsView } from '../campaigns.dto.js';
import { RecipientHours } from '../hours/recipient-hours.js';
import { LACKS_VARIABLES, neededByName } from '../needed-variables.js';
import type { Selection, SelectionSql } from '../selection/selection.js';
import { Selections } from '../selection/selections.js';
import { summed, weighAll } from './audience-probe.js';
import { RENDERED, scaled, segmentsOf, sum } from './estimates.js';
import { foreseenOf, regionOf, sendingOf, type Region } from './foreseen-messages.js';

const CHOICE = (people: string, { isWritten, allowedCountries }: SelectionSql, attributes?: string): string =>
  choiceOf({
    people,
    channels: '$1',
    tenant: '$4::uuid',
    venue: '$5::uuid',
    category: '$6::text',
    isPreferredFirst: '$7::boolean',
    isWritten,
    allowedCountries,
    ...(attributes !== undefined && { attributes }),
  });
const AUDIENCE = { audience: '$2::uuid', kinds: '$3::text[]' };

/** Of the others nothing is asked. */
const OF_THE_EXCLUDED = `case when reason = 'missing_variables' then attributes end`;

const COUNT = (selection: SelectionSql, { start, area }: ReturnType<typeof regionOf>): string => `
  with ${CHOICE(allPeopleOf({ ...AUDIENCE, members: selection.members }), selection, OF_THE_EXCLUDED)}, chosen as materialized (
    select place, address, attributes, reason from ranked where rank = 1
  ), part as (
    select place, reason, case when reason is null then ${start} end as start, case when reason is null then ${area} end as area,
      count(*)::int as people, any_value(address) as example
    from chosen group by 1, 2, 3, 4
  ), reason as (select reason, sum(people)::int as people from part where reason is not null group by reason),
  missing as (
    select name, count(*) from chosen
    join jsonb_to_recordset($8::jsonb) as needed (place smallint, name text, jsonpath text) using (place)
    where reason = 'missing_variables' and ${LACKS_VARIABLES('attributes', 'jsonpath')} group by name)
  select (select coalesce(sum(people), 0) from part)::int as audience,
    (select coalesce(jsonb_object_agg(reason, people), '{}') from reason) as excluded,
    (select coalesce(jsonb_object_agg(name, count), '{}') from missing) as missing,
    (select coalesce(jsonb_agg(jsonb_build_object('place', place, 'start', start, 'area', area, 'people', people, 'example', example)
       order by start collate "C", area collate "C"), '[]') from part where reason is null) as going`;

const SAMPLE = (selection: SelectionSql): string => `
  with ${CHOICE(sampleOfPeople({ ...AUDIENCE, members: selection.members }, '$8'), selection)}
  select place, address, attributes from ranked where rank = 1 and reason is null order by md5(address)`;

/** The parameters of every statement, and whom the campaign is for. */
interface Asked {
  readonly values: readonly unknown[];
  readonly selection: Selection;
}

interface Counted {
  readonly audience: number;
  readonly excluded: Record<string, number>;
  readonly missing: Record<string, number>;
  /** People who would be sent to, by the place of their channel, in the order of their numbers. */
  readonly going: readonly (Region & { readonly place: number })[];
}

/** What one channel comes to. */
interface ChannelEstimate {
  readonly channel: Channel;
  readonly laneId: string;
  readonly recipients: number;
  readonly failing: Record<string, number>;
  readonly segments: SegmentsView[];
  readonly foreseen: readonly Foreseen[];
  readonly isPartial: boolean;
}

@Injectable()
export class PeopleEstimate {
  constructor(
    private readonly database: Database,
    private readonly lanes: Lanes,
    private readonly forecast: ChargeForecast,
    private readonly selections: Selections,
    private readonly hours: RecipientHours,
  ) {}

  async of(question: ChoiceQuestion & CampaignView, channels: readonly ResolvedChannel[]): Promise<EstimateView> {
    const values = [
      unlaunched(channels),
      question.audienceId,
      [...new Set(channels.map(({ channel }) => addressKindOf(channel)))],
      question.tenantId,
      question.venueId,
      channels[0]?.category,
      question.usePreferredChannel,
    ];
    const asked = { values, selection: await this.selections.now(question.tenantId, question) };
    const areas = await this.forecast.areas();
    const { audience, excluded, missing, going } = await this.count(asked, channels, areas);
    const estimates = await this.weigh(asked, channels, { going, areas });
    const failingBy = summed(estimates.map(({ failing }) => failing));
    const recipients = estimates.reduce((total, estimate) => total + estimate.recipients, 0);
    const bySegments = estimates
      .flatMap(({ segments }) => segments)
      .toSorted((one, other) => other.segments - one.segments);
    const throttle = question.messagesPerMinute === null ? Infinity : question.messagesPerMinute / 60;
    const { rate, seconds } = await this.pace(estimates);
    return {
      audience,
      excluded: sum(excluded),
      excludedBy: excluded,
      missingVariables: missing,
      failing: sum(failingBy),
      failingBy,
      recipients,
      byChannel: Object.fromEntries(
        estimates.filter((estimate) => estimate.recipients > 0).map(({ channel, recipients: some }) => [channel, some]),
      ),
      segments: bySegments.reduce((total, group) => total + group.segments, 0),
      bySegments,
      charge: await this.charge(question, channels, estimates),
      sampled: audience > RENDERED || estimates.some(({ isPartial }) => isPartial),
      ratePerSecond: Math.min(rate, throttle),
      durationSeconds: Math.ceil(Math.max(seconds, recipients / throttle)),
      ...(await this.going(asked, question)),
    };
  }

  private charge(
    { tenantId, id: campaignId }: ChoiceQuestion & Pick<CampaignView, 'id'>,
    [first]: readonly ResolvedChannel[],
    estimates: readonly ChannelEstimate[],
  ): Promise<ChargeForecastView> {
    if (!first) throw new Error('A campaign has a channel');
    const { category } = first;
    return this.forecast.of(
      { tenantId, campaignId, category },
      estimates.flatMap(({ foreseen }) => foreseen),
    );
  }

  /** When they would go. */
  private going(
    { values, selection }: Asked,
    question: ChoiceQuestion & CampaignView,
  ): Promise<Pick<EstimateView, 'firstAt' | 'lastAt'>> {
    const chosen = selection.sql(8);
    const contacts = `with ${CHOICE(allPeopleOf({ ...AUDIENCE, members: chosen.members }), chosen)}
      select address, attributes from ranked where rank = 1 and reason is null`;
    return this.hours.foreseen(question.tenantId, question, contacts, [...values, ...chosen.values]);
  }

  private async count(
    { values, selection }: Asked,
    channels: readonly ResolvedChannel[],
    areas: PriceAreas,
  ): Promise<Counted> {
    const needed = channels.flatMap(({ template }, index) =>
      neededByName(template.compiled).map(([name, jsonpath]) => ({ place: index + 1, name, jsonpath })),
    );
    const chosen = selection.sql(9 + areas.values.length);
    const [counted] = await this.database.query<Counted>(COUNT(chosen, regionOf('address', areas, 9)), [
      ...values,
      JSON.stringify(needed),
      ...areas.values,
      ...chosen.values,
    ]);
    if (!counted) throw new Error('a count always answers');
    return counted;
  }

  /** Renders up to so many people's messages, each on its channel, and scales them up. */
  private async weigh(
    { values, selection }: Asked,
    channels: readonly ResolvedChannel[],
    { going, areas }: Pick<Counted, 'going'> & { readonly areas: PriceAreas },
  ): Promise<ChannelEstimate[]> {
    const chosen = selection.sql(9);
    const sample = await this.database.query<Contact & { place: number }>(SAMPLE(chosen), [
      ...values,
      RENDERED,
      ...chosen.values,
    ]);
    const estimates: ChannelEstimate[] = [];
    for (const [index, resolved] of channels.entries()) {
      const { channel, laneId } = resolved;
      const contacts = sample.filter(({ place }) => place === index + 1);
      const weighed = await weighAll(contacts, channel, resolved);
      const regions = going.filter(({ place }) => place === index + 1);
      const all = regions.reduce((total, { people }) => total + people, 0);
      const failing = scaled(weighed.failing, weighed.people, all);
      const recipients = all - sum(failing);
      const segments = segmentsOf(weighed.messages, recipients);
      const foreseen = foreseenOf(sendingOf(resolved), weighed.messages, recipients, { regions, areas });
      const isPartial = weighed.people < contacts.length;
      estimates.push({ channel, laneId, recipients, failing, segments, foreseen, isPartial });
    }
    return estimates;
  }

  /** Lanes send side by side: the slowest ends last. */
  private async pace(
    estimates: readonly ChannelEstimate[],
  ): Promise<{ readonly rate: number; readonly seconds: number }> {
    let [rate, seconds] = [0, 0];
    for (const [laneId, alike] of Map.groupBy(estimates, (estimate) => estimate.laneId)) {
      const laneRate = await this.lanes.rateOf(laneId);
      const segments = alike
        .flatMap((estimate) => estimate.segments)
        .reduce((total, group) => total + group.segments, 0);
      if (segments > 0) rate += laneRate;
      seconds = Math.max(seconds, segments / laneRate);
    }
    return { rate, seconds };
  }
}
