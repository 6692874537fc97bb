/** Expands an audience into messages: each contact becomes a message in the ledger, or is excluded with a reason. */
import { Injectable } from '@nestjs/common';
import { contactsOf } from '../audiences/index.js';
import { exclusions } from '../consent/index.js';
import { LaneQueue, stepsOfTemplate, takersOf } from '../dispatch/index.js';
import { CALLERS_WORD_LENGTH, Ledger, type AcceptedGroup } from '../ledger/index.js';
import { Database } from '../kernel/index.js';
import { TemplateLibrary } from '../templates/index.js';
import { CampaignChunks } from './campaign-chunks.js';
import { LACKS_VARIABLES, neededBy } from './needed-variables.js';
import { addressKindOf, consentChannelSql } from '../tenants/index.js';

interface Expanded {
  readonly people: number;
  readonly excluded: Record<string, number>;
}

/** The campaign was cancelled while a chunk was expanded: the chunk is rolled back. */
class Withdrawn extends Error {}

/** Parameters: campaign, kind, needed variables, the chunk's bounds, the fallback, to which numbers pictures go. The rest is in the campaign's row. */
const CHUNK_OF_PEOPLE = `
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
const CUSTOMER = `left(coalesce(attributes ->> 'customerId', attributes ->> 'customer_id'), ${CALLERS_WORD_LENGTH})`;

const DRAFT = `
  select uuidv7() as id, asked.tenant_id, venue_id,
    case when channel = 'mms' and not coalesce(address ~ $7, false) then 'sms' else channel end as channel, category, lane_id, provider, sender_address, sender_name,
    address as recipient, template_version_id, attributes as data, null::jsonb as content, 'queued' as status, segments,
    null as reference, null as order_id, ${CUSTOMER} as customer_id, null as message_type,
    false as is_test, null::jsonb as metadata, asked.id as campaign_id, null::uuid as resend_of,
    $6::jsonb as fallback, null::uuid as fallback_of,
    null::jsonb as host_refs, null::jsonb as host_data, null as correlation_id, null::timestamptz as send_at, expires_at, now() as ready_at
  from judged, asked where exclusion is null`;

const ANSWER = `
  select (select count(*) from judged)::int as people,
    (select coalesce(jsonb_object_agg(exclusion, count), '{}')
     from (select exclusion, count(*) from judged where exclusion is not null group by exclusion) as reason) as excluded`;

@Injectable()
export class AudienceExpansion {
  constructor(
    private readonly database: Database,
    private readonly templates: TemplateLibrary,
    private readonly ledger: Ledger,
    private readonly lanes: LaneQueue,
    private readonly chunks: CampaignChunks,
  ) {}

  /**
   * Expands the next chunk of people, or cuts one, and returns true; false when no free chunk is left. A chunk is expanded and
   * deleted in one transaction, so that each person is taken once, even after crashes. Chunks may be expanded in parallel.
   */
  async expandNext(campaignId: string): Promise<boolean> {
    try {
      return (await this.expandChunk(campaignId)) || (await this.chunks.cut(campaignId));
    } catch (error) {
      if (error instanceof Withdrawn) return false;
      throw error;
    }
  }

  private expandChunk(campaignId: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const chunk = await this.chunks.take(campaignId);
      if (!chunk) return false;
      const template = await this.templates.version(chunk.template_version_id);
      const kind = addressKindOf(chunk.channel);
      const steps = await stepsOfTemplate(this.templates, chunk.tenant_id, template, [kind]);
      const accepted = ({ people, excluded }: Expanded): AcceptedGroup => ({
        tenantId: chunk.tenant_id,
        channel: chunk.channel,
        category: chunk.category,
        provider: chunk.provider,
        campaignId,
        messages: people - Object.values(excluded).reduce((sum, count) => sum + count, 0),
      });
      const expansion = { first: CHUNK_OF_PEOPLE, draft: DRAFT, answer: ANSWER, accepted };
      const [expanded] = await this.ledger.expand<Expanded>(expansion, [
        campaignId,
        kind,
        neededBy(template.compiled),
        chunk.after,
        chunk.until,
        steps && JSON.stringify(steps),
        takersOf(chunk.provider, chunk.sender_address) ?? null,
      ]);
      if (!expanded) throw new Error('A chunk always answers');
      if (!(await this.chunks.mayStillExpand(campaignId))) throw new Withdrawn();
      await this.note(campaignId, expanded);
      await this.chunks.endIfThrough(campaignId);
      await this.lanes.wakeAfterCommit([chunk.lane_id]);
      return true;
    });
  }

  private async note(campaignId: string, { people, excluded }: Expanded): Promise<void> {
    await this.database.query(
      `update campaign set audience_count = audience_count + $2,
         excluded = (select coalesce(jsonb_object_agg(key, total), '{}') from (
           select key, sum(value::bigint) as total
           from (select * from jsonb_each_text(excluded) union all select * from jsonb_each_text($3::jsonb)) as reasons
           group by key) as counted)
       where id = $1`,
      [campaignId, people, JSON.stringify(excluded)],
    );
  }
}
