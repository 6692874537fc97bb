/** Writes to the ledger: new rows, with their place in the line, their tally and their first fact, in one statement. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { MessageDraft } from './message.draft.js';
import { NO_CAMPAIGN, tallyOf } from './tally.sql.js';

const COLUMNS = `id uuid, tenant_id uuid, venue_id uuid, channel text, category text, lane_id uuid, provider text,
  sender_address text, sender_name text, recipient text, template_version_id uuid, data jsonb, content jsonb, status text,
  segments smallint, reference text, metadata jsonb, campaign_id uuid, resend_of uuid, send_at timestamptz,
  expires_at timestamptz, ready_at timestamptz`;

const LEDGER = `id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, sender_name, recipient,
  template_version_id, data, content, status, segments, reference, metadata, campaign_id, resend_of, send_at, expires_at`;

/** Statements that insert what `draft` selects: a relation with all columns of a MessageDraft. */
const insertion = (draft: string, source: Source): string => `
  draft as materialized (${draft}),
  ledger as (insert into message (${LEDGER}) select ${LEDGER} from draft),
  line as (
    insert into pending (message_id, lane_id, tenant_id, campaign_id, priority, units, ready_at)
    select id, lane_id, tenant_id, coalesce(campaign_id, '${NO_CAMPAIGN}'), lane_priority(category), segments, ready_at from draft),
  tally as (${tallyOf('(select campaign_id, status, null::text as old_status from draft) as draft')}),
  fact as (
    insert into message_event (message_id, tenant_id, kind, channel, category, provider, segments, source)
    select id, tenant_id, status, channel, category, provider, segments, '${source}' from draft)`;

/** By whose word a message was accepted. */
type Source = 'api' | 'campaign';

const INSERT = `with ${insertion(`select * from jsonb_to_recordset($1::jsonb) as draft (${COLUMNS})`, 'api')} select`;

@Injectable()
export class Ledger {
  constructor(private readonly database: Database) {}

  /** A message is accepted when this has committed. */
  async insert(drafts: readonly MessageDraft[]): Promise<void> {
    if (drafts.length > 0) await this.database.query(INSERT, [JSON.stringify(drafts)]);
  }
}
