/** Freezes an audience: everyone in it becomes a message in the ledger, or is left out with a reason. */
import { Injectable } from '@nestjs/common';
import { exclusions } from '../consent/index.js';
import { Flows, LaneQueue, Ledger } from '../dispatch/index.js';
import { Database } from '../kernel/index.js';
import { TemplateLibrary } from '../templates/index.js';
import { type Category, type Channel } from '../tenants/index.js';
import { contactKind } from './campaign.references.js';
import { LACKS_VARIABLES, neededBy } from './needed-variables.js';

/** People in one transaction. */
const CHUNK = 10_000;

interface FrozenCampaign {
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly audience_id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly template_version_id: string;
  readonly lane_id: string;
  readonly sender_address: string;
  readonly freeze_after: string;
}

interface Frozen {
  readonly people: number;
  readonly last: string | null;
  readonly excluded: Record<string, number>;
}

/** Parameters: campaign, chunk, kind, needed variables. The campaign's row says the rest. */
const CHUNK_OF_PEOPLE = `
  asked as materialized (
    select campaign.*, case channel when 'mms' then 'sms' else channel end as consent_channel from campaign where id = $1
  ), chunk as materialized (
    select contact.address, contact.attributes from asked, lateral (
      select address, attributes from contact
      where audience_id = asked.audience_id and kind = $3 and address > asked.freeze_after
      order by address limit $2) as contact
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
      case when ${LACKS_VARIABLES('attributes', '$4')} then 'missing_variables' end) as exclusion
    from considered
  ), left_out as (
    insert into campaign_exclusion (campaign_id, address, reason)
    select $1, address, exclusion from judged where exclusion is not null
  )`;

const DRAFT = `
  select uuidv7() as id, asked.tenant_id, venue_id, channel, category, lane_id, provider, sender_address, sender_name,
    address as recipient, template_version_id, attributes as data, null::jsonb as content, 'queued' as status, segments,
    null as reference, null::jsonb as metadata, asked.id as campaign_id, null::uuid as resend_of,
    null::timestamptz as send_at, expires_at, now() as ready_at
  from judged, asked where exclusion is null`;

const ANSWER = `
  select (select count(*) from judged)::int as people, (select max(address) from judged) as last,
    (select coalesce(jsonb_object_agg(exclusion, count), '{}')
     from (select exclusion, count(*) from judged where exclusion is not null group by exclusion) as reason) as excluded`;

@Injectable()
export class Freezing {
  constructor(
    private readonly database: Database,
    private readonly templates: TemplateLibrary,
    private readonly ledger: Ledger,
    private readonly lanes: LaneQueue,
    private readonly flows: Flows,
  ) {}

  /**
   * Freezes the next people and answers true, or false when it is done or somebody else is at it. In one transaction with the
   * place it has come to, so that each person is taken once whatever dies.
   */
  freezeNext(campaignId: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const [campaign] = await this.database.query<FrozenCampaign>(
        `select * from campaign where id = $1 and status in ('SENDING', 'PAUSED') and frozen_at is null for update skip locked`,
        [campaignId],
      );
      if (!campaign) return false;
      const { compiled } = await this.templates.version(campaign.template_version_id);
      const [frozen] = await this.ledger.expand<Frozen>({ first: CHUNK_OF_PEOPLE, draft: DRAFT, answer: ANSWER }, [
        ...[campaignId, CHUNK, contactKind(campaign.channel), neededBy(compiled)],
      ]);
      if (!frozen) throw new Error('A chunk always answers');
      await this.note(campaignId, frozen);
      const more = frozen.people === CHUNK;
      if (!more) await this.flows.complete(campaignId);
      await this.lanes.wakeAfterCommit([campaign.lane_id]);
      return more;
    });
  }

  private async note(campaignId: string, { people, last, excluded }: Frozen): Promise<void> {
    await this.database.query(
      `update campaign set
         freeze_after = coalesce($2, freeze_after), audience_count = audience_count + $3,
         excluded = (select coalesce(jsonb_object_agg(key, total), '{}') from (
           select key, sum(value::bigint) as total
           from (select * from jsonb_each_text(excluded) union all select * from jsonb_each_text($4::jsonb)) as reasons
           group by key) as counted),
         frozen_at = case when $3 < $5 then now() end
       where id = $1`,
      [campaignId, last, people, JSON.stringify(excluded), CHUNK],
    );
  }
}
