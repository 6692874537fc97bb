/** Expands contacts of an audience into messages over a single channel: one for each address, or an exclusion with a reason. */
import { Injectable } from '@nestjs/common';
import { contactsOf } from '../audiences/index.js';
import { exclusions } from '../consent/index.js';
import { takersOf } from '../dispatch/index.js';
import { CALLERS_WORD_LENGTH, Ledger, type AcceptedGroup } from '../ledger/index.js';
import type { Chunk } from './campaign-chunks.js';
import { RecipientHours, timing } from './hours/recipient-hours.js';
import { LACKS_VARIABLES } from './needed-variables.js';
import type { SelectionSql } from './selection/selection.js';
import { Selections } from './selection/selections.js';
import { VariantContents, type ContentSql } from './variants/variant-contents.js';
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

/** Of a `campaign`: what its emails carry, as the ledger has it. */
export const MAIL = `case when attachments is not null then jsonb_build_object('attachments', attachments) end`;

type Counted = Pick<Expanded, 'people' | 'excluded'>;

/**
 * Parameters: campaign, kind, needed variables or the variants, the chunk's bounds, the fallback, to which numbers pictures go, and the selection's. The rest is in
 * the campaign's row.
 */
const CHUNK_OF_CONTACTS = (
  { members, isWritten, allowedCountries }: SelectionSql,
  { beside, columns, needed }: ContentSql,
): string => `
  asked as materialized (
    select campaign.*, ${consentChannelSql('channel')} as consent_channel, ${MAIL} as mail from campaign where id = $1
  ), chunk as materialized (
    select contact.address, contact.attributes${columns} from asked, lateral (
      ${contactsOf({ audience: 'asked.audience_id', kind: '$2', after: '$4', until: '$5', members })}) as contact${beside}
  ), considered as (${exclusions({
    people: 'chunk',
    tenant: '(select tenant_id from asked)',
    venue: '(select venue_id from asked)',
    channel: '(select consent_channel from asked)',
    category: '(select category from asked)',
    sender: '(select sender_address from asked)',
    allowedCountries,
  })}
  ), judged as materialized (
    select address, attributes${columns}, coalesce(exclusion,
      case when ${isWritten('considered.address')} then 'written_lately'
        when ${LACKS_VARIABLES('attributes', needed)} then 'missing_variables' end) as exclusion
    from considered
  ), left_out as (
    insert into campaign_exclusion (campaign_id, address, reason)
    select $1, address, exclusion from judged where exclusion is not null
  )`;

const CONTACTS_OF_CHUNK = contactsOf({ audience: '$1', kind: '$2', after: '$3', until: '$4' });

/** Under either name in the audience's list. */
export const CUSTOMER = `left(coalesce(attributes ->> 'customerId', attributes ->> 'customer_id'), ${CALLERS_WORD_LENGTH})`;

const DRAFT = (
  { versionId, segments, steps }: ContentSql,
  { status, sendAt, readyAt, beside }: ReturnType<typeof timing>,
): string => `
  select uuidv7() as id, asked.tenant_id, venue_id,
    case when channel = 'mms' and not coalesce(address ~ $7, false) then 'sms' else channel end as channel, category, lane_id, provider, sender_address, sender_name,
    address as recipient, ${versionId} as template_version_id, attributes as data, null::jsonb as content, ${status} as status, ${segments} as segments,
    null as reference, null as order_id, ${CUSTOMER} as customer_id, null as message_type,
    false as is_test, null::jsonb as metadata, asked.id as campaign_id, null::uuid as root_campaign_id, null::uuid as resend_of,
    ${steps} as fallback, null::uuid as fallback_of,
    mail, null::jsonb as host_refs, null::jsonb as host_data, null as correlation_id, ${sendAt} as send_at, expires_at, ${readyAt} as ready_at
  from judged, asked${beside} where exclusion is null`;

const ANSWER = `
  select (select count(*) from judged)::int as people,
    (select coalesce(jsonb_object_agg(exclusion, count), '{}')
     from (select exclusion, count(*) from judged where exclusion is not null group by exclusion) as reason) as excluded`;

@Injectable()
export class ContactExpansion {
  constructor(
    private readonly contents: VariantContents,
    private readonly ledger: Ledger,
    private readonly selections: Selections,
    private readonly hours: RecipientHours,
  ) {}

  /** In the open transaction. */
  async expand(campaignId: string, chunk: Chunk): Promise<Expanded> {
    const content = await this.contents.of(campaignId, chunk);
    const kind = addressKindOf(chunk.channel);
    const accepted = ({ people, excluded }: Counted): AcceptedGroup => ({
      tenantId: chunk.tenant_id,
      channel: chunk.channel,
      category: chunk.category,
      provider: chunk.provider,
      campaignId,
      messages: people - Object.values(excluded).reduce((sum, count) => sum + count, 0),
    });
    const selection = (await this.selections.launched(chunk)).sql(8);
    const bounds = [chunk.audience_id, kind, chunk.after, chunk.until];
    const hours = await this.hours.launched(chunk, CONTACTS_OF_CHUNK, bounds);
    const draft = DRAFT(content.sql, timing(hours === undefined ? undefined : `$${8 + selection.values.length}`));
    const expansion = { first: CHUNK_OF_CONTACTS(selection, content.sql), draft, answer: ANSWER, accepted };
    const [expanded] = await this.ledger.expand<Counted>(expansion, [
      campaignId,
      kind,
      content.texts,
      chunk.after,
      chunk.until,
      content.steps,
      takersOf(chunk.provider, chunk.sender_address) ?? null,
      ...selection.values,
      ...(hours === undefined ? [] : [hours]),
    ]);
    if (!expanded) throw new Error('A chunk always answers');
    return { ...expanded, byPlace: new Map(), laneIds: [chunk.lane_id] };
  }
}
