/** The choice of a channel for each person, asked of a whole set in SQL. */
import { exclusions } from '../../consent/index.js';
import { takersOf } from '../../dispatch/index.js';
import {
  addressKindOf,
  consentChannel,
  type AllowedCountries,
  type Channel,
  type ProviderName,
} from '../../tenants/index.js';
import type { CompiledTemplate } from '../../templates/index.js';
import { LACKS_VARIABLES, neededBy } from '../needed-variables.js';

/** A channel of the campaign, as the statement takes it. */
export interface ChoiceChannel {
  readonly place: number;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly senderAddress: string;
  readonly template: CompiledTemplate;
  /** Needed by a statement that makes messages. */
  readonly senderId?: string | null;
  readonly senderName?: string | null;
  readonly laneId?: string;
  readonly templateVersionId?: string;
  readonly segments?: number;
}

/** SQL expressions for what is asked of everybody. */
interface ChoiceSql {
  /** A relation of contacts, as `peopleOf` selects them. */
  readonly people: string;
  /** A parameter with `choiceChannels`. */
  readonly channels: string;
  readonly tenant: string;
  readonly venue: string;
  readonly category: string;
  /** Whether the channel that a person prefers comes first. */
  readonly isPreferredFirst: string;
  /** What is kept of the attributes: all where absent. Sorting them takes most of the time. */
  readonly attributes?: string;
  /** Whether campaigns have written to an address lately, as `Selection.sql` asks it: then the person is left out. */
  readonly isWritten?: (address: string) => string;
  /** Numbers of other countries are out of the question. */
  readonly allowedCountries: AllowedCountries;
}

export const choiceChannels = (channels: readonly ChoiceChannel[]): string =>
  JSON.stringify(
    channels.map(({ template, ...channel }) => ({
      ...channel,
      kind: addressKindOf(channel.channel),
      consentChannel: consentChannel(channel.channel),
      needed: neededBy(template),
      takers: takersOf(channel.provider, channel.senderAddress) ?? null,
    })),
  );

const COLUMNS = `place smallint, channel text, kind text, "consentChannel" text, needed text, takers text, provider text,
  "senderAddress" text, "senderId" uuid, "senderName" text, "laneId" uuid, "templateVersionId" uuid, segments smallint`;

/** Of a person, at any address that the campaign could take. */
function writtenTo(isWritten: (address: string) => string): string {
  const written = isWritten('person.address');
  return written === 'false' ? written : `bool_or(${written}) over (partition by person)`;
}

/**
 * CTEs, of which `ranked` is the answer: each address of each person on each channel, with the `reason` why it is out of the question (or null),
 * and its `rank` among the person's. What goes comes first; then the preferred channel, the sender's order, and the address. So
 * the first is the message, or, where nothing goes, the reason why the person is left out.
 */
export const choiceOf = ({
  people,
  channels,
  tenant,
  venue,
  category,
  isPreferredFirst,
  attributes = 'attributes',
  isWritten = () => 'false',
  allowedCountries,
}: ChoiceSql): string => `
  step as materialized (
    select *, needed::jsonpath as asked from jsonb_to_recordset(${channels}::jsonb) as step (${COLUMNS})
  ), person as (
    select *, first_value(preferred_channel) over (
      partition by person order by preferred_channel is null, updated_at desc, kind, address) as preferred
    from (${people}) as contact
  ), option as (
    select person, address, attributes, place, channel, "consentChannel", "senderAddress", asked,
      ${isPreferredFirst} and coalesce(preferred = "consentChannel", false) as is_preferred, ${writtenTo(isWritten)} as is_written
    from person join step using (kind)
  ), considered as (${exclusions({
    people: 'option',
    tenant,
    venue,
    channel: 'people."consentChannel"',
    category,
    sender: 'people."senderAddress"',
    allowedCountries,
  })}
  ), judged as (
    select *, coalesce(exclusion, case when is_written then 'written_lately' when ${LACKS_VARIABLES('attributes', 'asked')} then 'missing_variables' end) as reason
    from considered
  ), kept as (
    select person, address, place, channel, is_preferred, reason, ${attributes} as attributes from judged
  ), ranked as materialized (
    select *, row_number() over (
      partition by person order by reason is not null, is_preferred desc, place, address) as rank
    from kept
  )`;
