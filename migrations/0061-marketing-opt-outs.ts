import { Migration } from '@mikro-orm/migrations';

/** As the API shows it: when the other decision was last made is in the log. */
const lastDecision = (status: string): string => `
  case status when '${status}' then occurred_at else (
    select max(entry.occurred_at) from consent_event as entry
    where entry.venue_id = consent.venue_id and entry.address = consent.address and entry.channel = 'sms'
      and entry.status = '${status}') end`;

const SMS_CONSENT = `
  create or replace view sms_consent as
  select consent.tenant_id, tenant.slug as tenant_slug, consent.venue_id, venue.external_id as venue_external_id,
    address as phone_number, status, source, ${lastDecision('opted_in')} as opted_in_at,
    ${lastDecision('opted_out')} as opted_out_at, consent.updated_at
  from (
    select tenant_id, venue_id, address, updated_at,
      case when marketing_out_at >= occurred_at then 'opted_out' else status end as status,
      case when marketing_out_at >= occurred_at then marketing_out_source else source end as source,
      case when marketing_out_at >= occurred_at then marketing_out_at else occurred_at end as occurred_at
    from consent where channel = 'sms') as consent
  left join tenant on tenant.id = consent.tenant_id
  left join venue on venue.id = consent.venue_id`;

/**
 * Opt-outs of marketing alone, beside the decisions about everything: who leaves a newsletter still gets the tickets. A row whose person
 * decided nothing else is `unknown`. And the language in which people want to be written to.
 */
export class MarketingOptOuts0061 extends Migration {
  override up(): void {
    this.addSql(`alter table consent drop constraint consent_status_check`);
    this.addSql(`
      alter table consent
        add column marketing_out_at timestamptz,
        add column marketing_out_source text,
        add constraint consent_status_check check (status in ('opted_in', 'opted_out', 'unknown')),
        add constraint consent_is_a_decision check (status <> 'unknown' or marketing_out_at is not null)`);
    this.addSql(`
      alter table consent_event
        add column category text check (category is null or (category = 'marketing' and status = 'opted_out'))`);
    this.addSql(SMS_CONSENT);
    this.addSql(`
      create or replace view own_sms_consent with (security_barrier) as
      select * from sms_consent where tenant_id = (select tenant_id from view_reader where role = current_user)`);
    this.addSql(`
      create table recipient_language (
        venue_id uuid not null references venue,
        address text not null,
        tenant_id uuid not null references tenant,
        language text not null,
        updated_at timestamptz not null default now(),
        primary key (venue_id, address)
      )`);
  }
}
