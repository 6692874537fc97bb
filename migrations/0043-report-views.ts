import { Migration } from '@mikro-orm/migrations';

/** Left joins by unique keys: PostgreSQL leaves out those of which no column is asked for. */
const whose = (table: string): string => `
  left join tenant on tenant.id = ${table}.tenant_id
  left join venue on venue.id = ${table}.venue_id`;

/** A message that waits for its number has a placeholder in its place. */
const SENDER_NUMBER = `case when sender_address not like 'number:%' then sender_address end as sender_number`;

/**
 * What a message has cost and is charged: the sum of its amounts, each the difference to what was known before, so that those in a
 * currency which is given up come to nothing. Null while there are none, or no price is known. Amounts are written after the message.
 */
const amounts = (kind: 'cost' | 'charge'): string => `
  (select case sum(without_${kind}) when 0 then sum(${kind}_micros)::bigint end from billing_amount as amount
    where amount.message_id = message.id and amount.at >= uuid_extract_timestamp(message.id) - interval '1 day') as ${kind}_micros,
  (select ${kind}_currency from billing_amount as amount join billing_basis as basis on basis.id = basis_id
    where amount.message_id = message.id and amount.at >= uuid_extract_timestamp(message.id) - interval '1 day'
      and ${kind}_currency is not null
    order by seq desc limit 1) as ${kind}_currency`;

/** A log of messages; `own` are the columns that others have under another name, or not at all. */
const messageLog = (name: string, channels: string, own: string): string => `
  create view ${name} as
  select message.id, message.tenant_id, tenant.slug as tenant_slug, message.venue_id, venue.external_id as venue_external_id,
    message.channel, recipient, ${own}, template.key as template_key, template_version.version as template_version,
    report_status(status) as status, reason, case when campaign_id is null then 'TRANSACTIONAL' else 'BULK' end as type,
    message.category, campaign_id, order_id, customer_id, message_type, reference, correlation_id, is_test,
    provider, provider_message_id, error_code, error_message, attempts,
    jsonb_strip_nulls(jsonb_build_object('provider', provider, 'provider_message_id', provider_message_id,
      'error_code', error_code, 'error_message', error_message)) as metadata,
    message.metadata as caller_metadata, resend_of, fallback_of, ${amounts('charge')}, ${amounts('cost')},
    uuid_extract_timestamp(message.id) as created_at, send_at as scheduled_at, sent_at, settled_at
  from message ${whose('message')}
  left join template_version on template_version.id = template_version_id
  left join template on template.id = template_version.template_id
  where message.channel in (${channels})`;

const CAMPAIGNS = `
  create view communication_campaign as
  select campaign.id, campaign.tenant_id, tenant.slug as tenant_slug, venue_id, venue.external_id as venue_external_id,
    campaign.name, description, channel, coalesce(
      (select array_agg(step.channel order by place) from campaign_channel as step where step.campaign_id = campaign.id),
      array[channel]) as channels,
    category, status, status_reason, template_key, version.version as template_version, audience_id, campaign.created_by,
    campaign.created_at, campaign.updated_at, scheduled_at, launched_at, sent_at, ended_at, audience_count,
    (select coalesce(sum(count::bigint), 0)::bigint from jsonb_each_text(excluded) as left_out (reason, count)) as excluded_count,
    coalesce(counts.messages, 0) as message_count, coalesce(counts.pending, 0) as pending_count,
    coalesce(counts.in_doubt, 0) as unknown_count, coalesce(counts.sent, 0) as sent_count,
    coalesce(counts.delivered, 0) as delivered_count, coalesce(counts.undelivered, 0) as undelivered_count,
    coalesce(counts.failed, 0) as failed_count, coalesce(counts.skipped, 0) as skipped_count
  from campaign ${whose('campaign')}
  left join template_version as version on version.id = template_version_id
  left join lateral (
    select sum(delta)::bigint as messages,
      sum(delta) filter (where word in ('SCHEDULED', 'QUEUED', 'SENDING'))::bigint as pending,
      sum(delta) filter (where word = 'UNKNOWN')::bigint as in_doubt,
      sum(delta) filter (where word in ('SENT', 'DELIVERED', 'READ', 'UNDELIVERED'))::bigint as sent,
      sum(delta) filter (where word in ('DELIVERED', 'READ'))::bigint as delivered,
      sum(delta) filter (where word = 'UNDELIVERED')::bigint as undelivered,
      sum(delta) filter (where word = 'FAILED')::bigint as failed,
      sum(delta) filter (where word in ('SKIPPED', 'OPTED_OUT', 'SUPPRESSED', 'EXPIRED', 'CANCELLED'))::bigint as skipped
    from (select report_status(tally.status) as word, delta from campaign_tally as tally where campaign_id = campaign.id) as tally
  ) as counts on true`;

/** The numbers that were assigned by an order; and those that a sender was made of by hand, once for each venue. */
const PHONE_NUMBERS = `
  create view venue_phone_numbers as
  select number.id, number.tenant_id, tenant.slug as tenant_slug, venue_id, venue.external_id as venue_external_id,
    phone_number, channels, status, provider, provider_id, is_rented, number.created_at, assigned_at, released_at
  from (
    select id, tenant_id, venue_id, address as phone_number, channels,
      case
        when status <> 'active' then 'released'
        when pool is not null or exists (
          select from sender where sender.venue_id = ordered.venue_id and sender.address = ordered.address and sender.status = 'active')
        then 'active' else 'inactive' end as status,
      provider, provider_id, bought as is_rented, created_at, assigned_at, released_at
    from phone_number as ordered where assigned_at is not null
    union all
    select (array_agg(sender.id order by sender.id))[1] as id, sender.tenant_id, venue_id, address as phone_number,
      array_agg(distinct channel order by channel) as channels,
      case when bool_or(status = 'active') then 'active' when bool_or(status = 'inactive') then 'inactive' else 'released' end as status,
      (array_agg(account.provider order by sender.id desc))[1] as provider, null as provider_id, false as is_rented,
      min(sender.created_at) as created_at, min(sender.created_at) as assigned_at,
      case when bool_and(status = 'released') then max(sender.updated_at) end as released_at
    from sender join provider_account as account on account.id = provider_account_id
    where channel <> 'email' and address like '+%' and not exists (
      select from phone_number as ordered
      where ordered.venue_id = sender.venue_id and ordered.address = sender.address and ordered.assigned_at is not null)
    group by sender.tenant_id, venue_id, address) as number ${whose('number')}`;

/** The newest decision is the state; when the other was last made is in the log. */
const lastDecision = (status: string): string => `
  case status when '${status}' then occurred_at else (
    select max(entry.occurred_at) from consent_event as entry
    where entry.venue_id = consent.venue_id and entry.address = consent.address and entry.channel = consent.channel
      and entry.status = '${status}') end`;

const SMS_CONSENT = `
  create view sms_consent as
  select consent.tenant_id, tenant.slug as tenant_slug, consent.venue_id, venue.external_id as venue_external_id,
    address as phone_number, status, source, ${lastDecision('opted_in')} as opted_in_at,
    ${lastDecision('opted_out')} as opted_out_at, consent.updated_at
  from consent ${whose('consent')}
  where channel = 'sms'`;

const VIEWS = [
  'email_log',
  'whatsapp_log',
  'sms_send_history',
  'communication_campaign',
  'venue_phone_numbers',
  'sms_consent',
];

/**
 * Flat views for billing and BI (docs/reporting.md), and who may read them. Each month of the ledger gets its times as a constraint,
 * so that a time of acceptance passes over the months that it rules out, which a partition key made from it does not do by itself: a
 * fifth of a microsecond each time a message is written. Writes wait while the months that are there are read once for it.
 *
 * A later migration that changes a column which a view shows drops the views and makes them anew: `migrate` grants them again.
 */
export class ReportViews0043 extends Migration {
  override up(): void {
    this.months();
    this.statuses();
    const body = `coalesce(content ->> 'text', content ->> 'html') as body`;
    this.addSql(
      messageLog('email_log', `'email'`, `sender_address, sender_name, content ->> 'subject' as subject, ${body}`),
    );
    this.addSql(messageLog('whatsapp_log', `'whatsapp'`, `${SENDER_NUMBER}, content ->> 'body' as body`));
    this.addSql(
      messageLog('sms_send_history', `'sms', 'mms'`, `${SENDER_NUMBER}, content ->> 'body' as body, segments`),
    );
    this.addSql(CAMPAIGNS);
    this.addSql(PHONE_NUMBERS);
    this.addSql(SMS_CONSENT);
    this.readers();
  }

  /**
   * A month is made beside the ledger and then attached, which holds nobody up: made as a partition, it waited for everybody who read
   * one table while it held the other, and who read both met it in a deadlock.
   */
  private months(): void {
    const attached = (
      table: string,
      more: string,
      bounds: string,
    ): string => `if to_regclass('${table}_' || suffix) is null then
          execute format('create table %I (like ${table} including all${more}', '${table}_' || suffix);
          execute format('alter table ${table} attach partition %I for values from (%L) to (%L)', '${table}_' || suffix, ${bounds});
        end if;`;
    this.addSql(`
      create or replace function ensure_month(month date) returns void language plpgsql as $$
      declare
        first timestamptz := month::timestamp at time zone 'utc';
        next timestamptz := (month + interval '1 month')::timestamp at time zone 'utc';
        suffix text := to_char(month, 'YYYY_MM');
      begin
        ${attached('message', ') with (fillfactor = 50)', 'uuidv7_floor(first), uuidv7_floor(next)')}
        ${attached('message_event', ' excluding identity)', 'first, next')}
        ${attached('billing_amount', ' excluding identity)', 'first, next')}
      end $$`);
    this.addSql(`
      create function bound_months() returns void language plpgsql as $$
      declare
        found record;
        first timestamptz;
      begin
        for found in
          select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
          where inhparent = 'message'::regclass and relname ~ '^message_\\d{4}_\\d\\d$'
            and not exists (select from pg_constraint where conrelid = inhrelid and conname = relname || '_accepted')
        loop
          first := to_date(right(found.name, 7), 'YYYY_MM')::timestamp at time zone 'utc';
          execute format('alter table %I add constraint %I check (
            uuid_extract_timestamp(id) >= %L and uuid_extract_timestamp(id) < %L)', found.name, found.name || '_accepted',
            first, (first at time zone 'utc' + interval '1 month') at time zone 'utc');
        end loop;
      end $$`);
    this.addSql(`
      create or replace function ensure_months(ahead integer) returns void language sql
      security definer set search_path = public, pg_temp as $$
        select ensure_month(month::date)
        from generate_series(date_trunc('month', now() at time zone 'utc') - interval '1 month',
          date_trunc('month', now() at time zone 'utc') + make_interval(months => least(ahead, 12)), interval '1 month') as month;
        select bound_months() $$`);
    this.addSql(`revoke execute on function bound_months() from public`);
    this.addSql(`select bound_months()`);
  }

  /** Our statuses in the words of the reports: the only place that knows both. */
  private statuses(): void {
    this.addSql(`
      create function report_status(status text) returns text language sql immutable parallel safe as $$
        select case status
          when 'scheduled' then 'SCHEDULED'
          when 'queued' then 'QUEUED'
          when 'sending' then 'SENDING'
          when 'unknown' then 'UNKNOWN'
          when 'sent' then 'SENT'
          when 'delivered' then 'DELIVERED'
          when 'read' then 'READ'
          when 'undelivered' then 'UNDELIVERED'
          when 'failed' then 'FAILED'
          when 'skipped_no_consent' then 'SKIPPED'
          when 'blocked_opted_out' then 'OPTED_OUT'
          when 'suppressed' then 'SUPPRESSED'
          when 'expired' then 'EXPIRED'
          when 'cancelled' then 'CANCELLED' end $$`);
  }

  /**
   * The roles that read the views: all tenants' rows, or a single one's by the views `own_…`. These are barriers: a condition of the
   * reader's never sees another's row.
   */
  private readers(): void {
    this.addSql(`
      create table view_reader (
        role text primary key,
        tenant_id uuid references tenant
      )`);
    // A tenant sees its charges, and never what the platform pays.
    this.addSql(`
      do $$
      declare
        view text;
        columns text;
      begin
        foreach view in array array['${VIEWS.join("', '")}'] loop
          select string_agg(attname, ', ' order by attnum) into columns
          from pg_attribute where attrelid = view::regclass and attnum > 0 and attname not in ('cost_micros', 'cost_currency');
          execute format('create view %I with (security_barrier) as select %s from %I
            where tenant_id = (select tenant_id from view_reader where role = current_user)', 'own_' || view, columns, view);
        end loop;
      end $$`);
  }
}
