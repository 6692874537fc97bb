/** Writes to the ledger: new rows, with their place in the line and their first fact, in one statement. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { MessageDraft } from './message.draft.js';

const COLUMNS = `id uuid, tenant_id uuid, venue_id uuid, channel text, category text, lane_id uuid, provider text,
  sender_address text, sender_name text, recipient text, template_version_id uuid, data jsonb, content jsonb, status text,
  segments smallint, reference text, metadata jsonb, resend_of uuid, send_at timestamptz, expires_at timestamptz,
  ready_at timestamptz`;

const LEDGER = `id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, sender_name, recipient,
  template_version_id, data, content, status, segments, reference, metadata, resend_of, send_at, expires_at`;

@Injectable()
export class Ledger {
  constructor(private readonly database: Database) {}

  /** A message is accepted when this has committed. */
  async insert(drafts: readonly MessageDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    await this.database.query(
      `with draft as materialized (select * from jsonb_to_recordset($1::jsonb) as draft (${COLUMNS})),
       ledger as (insert into message (${LEDGER}) select ${LEDGER} from draft),
       line as (
         insert into pending (message_id, lane_id, tenant_id, priority, units, ready_at)
         select id, lane_id, tenant_id, lane_priority(category), segments, ready_at from draft)
       insert into message_event (message_id, tenant_id, kind, channel, category, provider, segments, source)
       select id, tenant_id, status, channel, category, provider, segments, 'api' from draft`,
      [JSON.stringify(drafts)],
    );
  }
}
