/** Expands people of an audience into messages over several channels: one for each person, or an exclusion with a reason. */
import { Injectable } from '@nestjs/common';
import { ofMembers, peopleOf, type PeoplePart } from '../../audiences/index.js';
import { CALLERS_WORD_LENGTH, Ledger, type AcceptedGroup } from '../../ledger/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import type { Channel, ProviderName } from '../../tenants/index.js';
import type { Chunk } from '../campaign-chunks.js';
import { CUSTOMER, MAIL, type Expanded } from '../contact-expansion.js';
import { RecipientHours, timing } from '../hours/recipient-hours.js';
import type { SelectionSql } from '../selection/selection.js';
import { Selections } from '../selection/selections.js';
import { CampaignChannels } from './campaign-channels.js';
import { choiceChannels, choiceOf } from './choice.sql.js';

/**
 * What follows if the message reaches nobody: the person's other channels that were open, each with its own address and data. By windows,
 * not by joins: of sets without statistics PostgreSQL joins each row with every other.
 */
const FOLLOWING = `
  numbered as (
    select *, first_value(place) over one as first_place, first_value(attributes) over one as first_attributes,
      row_number() over (partition by person, place order by rank) as turn
    from ranked window one as (partition by person order by rank)
  ), followed as (
    select numbered.*, jsonb_agg(
      jsonb_build_object('channel', step.channel, 'to', address, 'versionId', step."templateVersionId")
        || case when step."senderId" is null then '{}' else jsonb_build_object('senderId', step."senderId") end
        || case when attributes = first_attributes then '{}' else jsonb_build_object('data', attributes) end)
      filter (where reason is null and turn = 1 and place <> first_place)
      over (partition by person order by rank rows between unbounded preceding and unbounded following) as steps
    from numbered join step using (place)
  )`;

/** Parameters: campaign, its channels, the chunk's bounds, and the selection's. The rest is in the campaign's row. */
const CHUNK_OF_PEOPLE = (part: PeoplePart, { members, isWritten, allowedCountries }: SelectionSql): string => `
  asked as materialized (
    select campaign.*, ${MAIL} as mail from campaign where id = $1
  ), chunk as materialized (
    select contact.* from asked, lateral (${peopleOf(part, {
      audience: 'asked.audience_id',
      generation: 'asked.audience_generation',
      after: '$3',
      until: '$4',
    })}) as contact
  ), ${choiceOf({
    people: ofMembers('select * from chunk', members),
    isWritten,
    allowedCountries,
    channels: '$2',
    tenant: '(select tenant_id from asked)',
    venue: '(select venue_id from asked)',
    category: '(select category from asked)',
    isPreferredFirst: '(select use_preferred_channel from asked)',
  })}, ${FOLLOWING}, chosen as materialized (
    select * from followed where rank = 1
  ), left_out as (
    insert into campaign_exclusion (campaign_id, address, reason)
    select $1, address, reason from chosen where reason is not null
  )`;

const PEOPLE_OF_CHUNK = (part: PeoplePart): string =>
  peopleOf(part, {
    audience: '$1',
    generation: '(select audience_generation from campaign where id = $2)',
    after: '$3',
    until: '$4',
  });

const DRAFT = ({ status, sendAt, readyAt, beside }: ReturnType<typeof timing>): string => `
  select uuidv7() as id, asked.tenant_id, venue_id,
    case when step.channel = 'mms' and not coalesce(address ~ takers, false) then 'sms' else step.channel end as channel,
    category, step."laneId" as lane_id, step.provider, step."senderAddress" as sender_address, step."senderName" as sender_name,
    address as recipient, step."templateVersionId" as template_version_id, attributes as data, null::jsonb as content,
    ${status} as status, step.segments, null as reference, null as order_id,
    case when person like 'customer:%' then left(substr(person, 10), ${CALLERS_WORD_LENGTH}) else ${CUSTOMER} end as customer_id,
    null as message_type, false as is_test, null::jsonb as metadata, asked.id as campaign_id, null::uuid as root_campaign_id, null::uuid as resend_of,
    steps as fallback, null::uuid as fallback_of, case when step.channel = 'email' then mail end as mail, null::jsonb as host_refs, null::jsonb as host_data, null as correlation_id,
    ${sendAt} as send_at, expires_at, ${readyAt} as ready_at
  from chosen join step using (place), asked${beside} where chosen.reason is null`;

/** Of each channel. */
const ANSWER = `
  select step.place, step.channel, step.provider, (select category from asked) as category,
    (select count(*) from chosen where chosen.place = step.place and reason is null)::int as messages,
    (select count(*) from chosen)::int as people,
    (select coalesce(jsonb_object_agg(reason, count), '{}')
     from (select reason, count(*) from chosen where reason is not null group by reason) as left_out_by) as excluded
  from step order by step.place`;

interface Accepted extends Pick<Expanded, 'people' | 'excluded'> {
  readonly place: number;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly messages: number;
}

@Injectable()
export class PeopleExpansion {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly ledger: Ledger,
    private readonly channels: CampaignChannels,
    private readonly selections: Selections,
    private readonly hours: RecipientHours,
  ) {}

  /** In the open transaction. */
  async expand(campaignId: string, chunk: Chunk & { readonly part: PeoplePart }): Promise<Expanded> {
    const channels = await this.channels.launched(campaignId);
    const choice = await Promise.all(
      channels.map(async (channel) => {
        const { compiled } = await this.templates.version(channel.templateVersionId);
        return { ...channel, template: compiled };
      }),
    );
    const { tenant_id: tenantId, category } = chunk;
    const accepted = ({ channel, provider, messages }: Accepted): AcceptedGroup => ({
      tenantId,
      channel,
      category,
      provider,
      campaignId,
      messages,
    });
    const selection = (await this.selections.launched(chunk)).sql(5);
    const hours = await this.hours.launched(chunk, PEOPLE_OF_CHUNK(chunk.part), [
      chunk.audience_id,
      campaignId,
      chunk.after,
      chunk.until,
    ]);
    const draft = DRAFT(timing(hours === undefined ? undefined : `$${5 + selection.values.length}`));
    const expansion = { first: CHUNK_OF_PEOPLE(chunk.part, selection), draft, answer: ANSWER, accepted };
    const rows = await this.ledger.expand<Accepted>(expansion, [
      campaignId,
      choiceChannels(choice),
      chunk.after,
      chunk.until,
      ...selection.values,
      ...(hours === undefined ? [] : [hours]),
    ]);
    const [{ people, excluded } = { people: 0, excluded: {} }] = rows;
    const used = rows.filter(({ messages }) => messages > 0).map(({ place, messages }) => [place, messages] as const);
    const lanes = channels.filter(({ place }) => used.some(([other]) => other === place)).map(({ laneId }) => laneId);
    return { people, excluded, byPlace: new Map(used), laneIds: [...new Set(lanes)] };
  }

  /** Counts what was accepted, once the open transaction holds the campaign's row. */
  async note(campaignId: string, { byPlace }: Expanded): Promise<void> {
    if (byPlace.size > 0) await this.channels.count(campaignId, byPlace);
  }
}
