/** Expands contacts of an audience into messages over a single channel: one for each address, or an exclusion with a reason. */
import { Injectable } from '@nestjs/common';
import { contactsOf } from '../audiences/index.js';
import { exclusions } from '../consent/index.js';
import { stepsOfTemplate, takersOf } from '../dispatch/index.js';
import { CALLERS_WORD_LENGTH, Ledger, type AcceptedGroup } from '../ledger/index.js';
import { TemplateLibrary } from '../templates/index.js';
import type { Chunk } from './campaign-chunks.js';
import { LACKS_VARIABLES, neededBy } from './needed-variables.js';
import { addressKindOf, consentChannelSql } from '../tenants/index.js';

/** What became of a chunk. */
export interface Expanded {
  readonly people: number;
  readonly excluded: Record<string, number>;
  /** Of several channels: how many messages go by each, by its place. */
  readonly byPlace: ReadonlyMap<number, number>;
  /** Lanes in which messages wait now. */
  readonly laneIds: readonly string[];
}

type Counted = Pick<Expanded, 'people' | 'excluded'>;

/** Parameters: campaign, kind, needed variables, the chunk's bounds, the fallback, to which numbers pictures go. The rest is in the campaign's row. */
const CHUNK_OF_CONTACTS = `
  asked as materialized (
    select campaign.*, ${consentChannelSql('channel')} as consent_channel from campaign where id = $1
  ), chunk as materialized (
    select contact.address, contact.attributes from asked, lateral (
      ${contactsOf({ audience: 'asked.audience_id', kind: '$2', after: '$4', until: '$5' })}) as contact
  ), considered as (${exclusions({
    people: 'chunk',
    tenant: '(select tenant_id from asked)',
    venue: '(select venue_id from asked)',
    channel: '(select consent_channel from asked)',
    category: '(select category from asked)',
    sender: '(select sender_address from asked)',
  })}
  ), judged as materialized (
    select address, attributes, coalesce(exclusion,
      case when ${LACKS_VARIABLES('attributes', '$3')} then 'missing_variables' end) as exclusion
    from considered
  ), left_out as (
    insert into campaign_exclusion (campaign_id, address, reason)
    select $1, address, exclusion from judged where exclusion is not null
  )`;

/** Under either name in the audience's list. */
export const CUSTOMER = `left(coalesce(attributes ->> 'customerId', attributes ->> 'customer_id'), ${CALLERS_WORD_LENGTH})`;

const DRAFT = `
  select uuidv7() as id, asked.tenant_id, venue_id,
    case when channel = 'mms' and not coalesce(address ~ $7, false) then 'sms' else channel end as channel, category, lane_id, provider, sender_address, sender_name,
    address as recipient, template_version_id, attributes as data, null::jsonb as content, 'queued' as status, segments,
    null as reference, null as order_id, ${CUSTOMER} as customer_id, null as message_type,
    false as is_test, null::jsonb as metadata, asked.id as campaign_id, null::uuid as root_campaign_id, null::uuid as resend_of,
    $6::jsonb as fallback, null::uuid as fallback_of,
    null::jsonb as host_refs, null::jsonb as host_data, null as correlation_id, null::timestamptz as send_at, expires_at, now() as ready_at
  from judged, asked where exclusion is null`;

const ANSWER = `
  select (select count(*) from judged)::int as people,
    (select coalesce(jsonb_object_agg(exclusion, count), '{}')
     from (select exclusion, count(*) from judged where exclusion is not null group by exclusion) as reason) as excluded`;

@Injectable()
export class ContactExpansion {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly ledger: Ledger,
  ) {}

  /** In the open transaction. */
  async expand(campaignId: string, chunk: Chunk): Promise<Expanded> {
    const template = await this.templates.version(chunk.template_version_id);
    const kind = addressKindOf(chunk.channel);
    const steps = await stepsOfTemplate(this.templates, chunk.tenant_id, template, [kind]);
    const accepted = ({ people, excluded }: Counted): AcceptedGroup => ({
      tenantId: chunk.tenant_id,
      channel: chunk.channel,
      category: chunk.category,
      provider: chunk.provider,
      campaignId,
      messages: people - Object.values(excluded).reduce((sum, count) => sum + count, 0),
    });
    const expansion = { first: CHUNK_OF_CONTACTS, draft: DRAFT, answer: ANSWER, accepted };
    const [expanded] = await this.ledger.expand<Counted>(expansion, [
      campaignId,
      kind,
      neededBy(template.compiled),
      chunk.after,
      chunk.until,
      steps && JSON.stringify(steps),
      takersOf(chunk.provider, chunk.sender_address) ?? null,
    ]);
    if (!expanded) throw new Error('A chunk always answers');
    return { ...expanded, byPlace: new Map(), laneIds: [chunk.lane_id] };
  }
}
