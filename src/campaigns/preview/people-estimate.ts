/** Estimates a campaign over several channels: people, each counted once, by the channel that would be chosen for them. */
import { Injectable } from '@nestjs/common';
import { allPeopleOf, sampleOfPeople, type Contact } from '../../audiences/index.js';
import { Lanes } from '../../dispatch/index.js';
import { Database } from '../../kernel/index.js';
import { addressKindOf, type Channel } from '../../tenants/index.js';
import type { ResolvedChannel } from '../campaign-references.js';
import { choiceOf } from '../channels/choice.sql.js';
import { unlaunched, type ChoiceQuestion } from '../channels/person-choice.js';
import type { EstimateView, SegmentsView } from '../campaigns.dto.js';
import { LACKS_VARIABLES, neededByName } from '../needed-variables.js';
import { summed, weighAll } from './audience-probe.js';
import { RENDERED, scaled, segmentsOf, sum } from './estimates.js';

const CHOICE = (people: string, attributes?: string): string =>
  choiceOf({
    people,
    channels: '$1',
    tenant: '$4::uuid',
    venue: '$5::uuid',
    category: '$6::text',
    isPreferredFirst: '$7::boolean',
    ...(attributes !== undefined && { attributes }),
  });
const AUDIENCE = ['$2::uuid', '$3::text[]'] as const;

/** Of the others nothing is asked. */
const OF_THE_EXCLUDED = `case when reason = 'missing_variables' then attributes end`;

const COUNT = `
  with ${CHOICE(allPeopleOf(...AUDIENCE), OF_THE_EXCLUDED)}, chosen as materialized (
    select place, attributes, reason from ranked where rank = 1
  ), reason as (select reason, count(*) from chosen where reason is not null group by reason),
  missing as (
    select name, count(*) from chosen
    join jsonb_to_recordset($8::jsonb) as needed (place smallint, name text, jsonpath text) using (place)
    where reason = 'missing_variables' and ${LACKS_VARIABLES('attributes', 'jsonpath')} group by name)
  select (select count(*) from chosen)::int as audience,
    (select coalesce(jsonb_object_agg(reason, count), '{}') from reason) as excluded,
    (select coalesce(jsonb_object_agg(name, count), '{}') from missing) as missing,
    (select coalesce(jsonb_object_agg(place, count), '{}')
     from (select place, count(*) from chosen where reason is null group by place) as going) as going`;

const SAMPLE = `
  with ${CHOICE(sampleOfPeople(...AUDIENCE, '$8'))}
  select place, address, attributes from ranked where rank = 1 and reason is null order by md5(address)`;

interface Counted {
  readonly audience: number;
  readonly excluded: Record<string, number>;
  readonly missing: Record<string, number>;
  /** People who would be sent to, by the place of their channel. */
  readonly going: Readonly<Record<string, number>>;
}

/** What one channel comes to. */
interface ChannelEstimate {
  readonly channel: Channel;
  readonly laneId: string;
  readonly recipients: number;
  readonly failing: Record<string, number>;
  readonly segments: SegmentsView[];
  readonly isPartial: boolean;
}

@Injectable()
export class PeopleEstimate {
  constructor(
    private readonly database: Database,
    private readonly lanes: Lanes,
  ) {}

  async of(
    question: ChoiceQuestion & { readonly messagesPerMinute: number | null },
    channels: readonly ResolvedChannel[],
  ): Promise<EstimateView> {
    const asked = [
      unlaunched(channels),
      question.audienceId,
      [...new Set(channels.map(({ channel }) => addressKindOf(channel)))],
      question.tenantId,
      question.venueId,
      channels[0]?.category,
      question.usePreferredChannel,
    ];
    const { audience, excluded, missing, going } = await this.count(asked, channels);
    const estimates = await this.weigh(asked, channels, going);
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
      sampled: audience > RENDERED || estimates.some(({ isPartial }) => isPartial),
      ratePerSecond: Math.min(rate, throttle),
      durationSeconds: Math.ceil(Math.max(seconds, recipients / throttle)),
    };
  }

  private async count(asked: readonly unknown[], channels: readonly ResolvedChannel[]): Promise<Counted> {
    const needed = channels.flatMap(({ template }, index) =>
      neededByName(template.compiled).map(([name, jsonpath]) => ({ place: index + 1, name, jsonpath })),
    );
    const [counted] = await this.database.query<Counted>(COUNT, [...asked, JSON.stringify(needed)]);
    if (!counted) throw new Error('a count always answers');
    return counted;
  }

  /** Renders up to so many people's messages, each on its channel, and scales them up. */
  private async weigh(
    asked: readonly unknown[],
    channels: readonly ResolvedChannel[],
    going: Counted['going'],
  ): Promise<ChannelEstimate[]> {
    const sample = await this.database.query<Contact & { place: number }>(SAMPLE, [...asked, RENDERED]);
    const estimates: ChannelEstimate[] = [];
    for (const [index, { channel, laneId, ...weighedBy }] of channels.entries()) {
      const contacts = sample.filter(({ place }) => place === index + 1);
      const weighed = await weighAll(contacts, channel, weighedBy);
      const all = going[index + 1] ?? 0;
      const failing = scaled(weighed.failing, weighed.people, all);
      const recipients = all - sum(failing);
      const segments = segmentsOf(weighed.messages, recipients);
      estimates.push({ channel, laneId, recipients, failing, segments, isPartial: weighed.people < contacts.length });
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
