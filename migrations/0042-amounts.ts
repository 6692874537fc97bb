import { Migration } from '@mikro-orm/migrations';

/**
 * What messages cost and are charged, as facts; and sums of them. Counts are kept by venue, campaign, template and country too, and are
 * counted again from the first event, in the place of `usage_daily`.
 */
export class Amounts0042 extends Migration {
  override up(): void {
    this.facts();
    this.amounts();
    this.sums();
    this.months();
    this.timeZones();
    this.addSql('drop table usage_daily');
    this.addSql(`update event_cursor set tx = '0', seq = 0 where name = 'usage'`);
  }

  /** What providers tell later: how much was used, and their own price. */
  private facts(): void {
    this.addSql(`
      alter table message_event add column quantity int, add column price_micros bigint, add column price_currency text`);
  }

  private amounts(): void {
    this.addSql(`
      create table usage_scope (
        id int generated always as identity primary key,
        key uuid not null,
        tenant_id uuid not null,
        venue_id uuid,
        channel text not null,
        category text not null,
        type text not null check (type in ('TRANSACTIONAL', 'BULK')),
        campaign_id uuid,
        template_id uuid,
        provider text not null,
        country text,
        constraint usage_scope_key unique (key)
      )`);
    this.addSql(`
      create table billing_basis (
        id int generated always as identity primary key,
        key uuid not null,
        cost_version_id uuid references price_list_version,
        cost_lines int[] not null default '{}',
        cost_unit text,
        cost_currency text,
        cost_unknown text,
        charge_version_id uuid references price_list_version,
        charge_lines int[] not null default '{}',
        charge_unit text,
        charge_currency text,
        charge_unknown text,
        constraint billing_basis_key unique (key)
      )`);
    this.addSql(`
      create table billing_amount (
        seq bigint generated always as identity,
        at timestamptz not null default now(),
        tenant_id uuid not null,
        message_id uuid,
        number_id uuid,
        scope_id int not null,
        basis_id int not null,
        kind text not null check (kind in ('estimated', 'final', 'rent', 'credit')),
        day date not null,
        period date not null,
        first_unit bigint not null,
        units int not null,
        included int not null,
        cost_micros bigint not null,
        charge_micros bigint not null,
        without_cost smallint not null default 0,
        without_charge smallint not null default 0
      ) partition by range (at)`);
    this.addSql('create index billing_amount_message on billing_amount (message_id)');
    this.addSql(`create trigger billing_amount_immutable before update or delete on billing_amount
      for each row execute function refuse_change()`);
    this.addSql(`
      create table billing_units (
        tenant_id uuid not null,
        month date not null,
        channel text not null,
        direction text not null,
        unit text not null,
        used bigint not null,
        primary key (tenant_id, month, channel, direction, unit)
      )`);
    this.addSql(`
      create table billing_close (
        tenant_id uuid primary key references tenant,
        closed_through date not null
      )`);
  }

  private sums(): void {
    this.addSql(`
      create table usage_rollup (
        tenant_id uuid not null,
        day date not null,
        scope_id int not null,
        messages bigint not null,
        segments bigint not null,
        delivered bigint not null,
        failed bigint not null,
        stopped bigint not null,
        opened bigint not null,
        clicked bigint not null,
        answered bigint not null,
        primary key (tenant_id, day, scope_id)
      )`);
    this.addSql(`
      create table amount_rollup (
        tenant_id uuid not null,
        period date not null,
        day date not null,
        scope_id int not null,
        kind text not null,
        unit text,
        cost_currency text,
        charge_currency text,
        messages bigint not null,
        units bigint not null,
        included bigint not null,
        cost_micros bigint not null,
        charge_micros bigint not null,
        without_cost bigint not null,
        without_charge bigint not null,
        constraint amount_rollup_unique
          unique nulls not distinct (tenant_id, period, day, scope_id, kind, unit, cost_currency, charge_currency)
      )`);
    this.addSql('create index amount_rollup_day on amount_rollup (tenant_id, day)');
  }

  /** Amounts of a month are a partition, as its events are; of all months that have those. */
  private months(): void {
    this.addSql(`
      create or replace function ensure_month(month date) returns void language plpgsql as $$
      declare
        first timestamptz := month::timestamp at time zone 'utc';
        next timestamptz := (month + interval '1 month')::timestamp at time zone 'utc';
        suffix text := to_char(month, 'YYYY_MM');
      begin
        if to_regclass('message_' || suffix) is null then
          execute format('create table %I partition of message for values from (%L) to (%L) with (fillfactor = 50)',
            'message_' || suffix, uuidv7_floor(first), uuidv7_floor(next));
        end if;
        if to_regclass('message_event_' || suffix) is null then
          execute format('create table %I partition of message_event for values from (%L) to (%L)',
            'message_event_' || suffix, first, next);
        end if;
        if to_regclass('billing_amount_' || suffix) is null then
          execute format('create table %I partition of billing_amount for values from (%L) to (%L)',
            'billing_amount_' || suffix, first, next);
        end if;
      end $$`);
    this.addSql(`
      select ensure_month(to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM'))
      from pg_inherits where inhparent = 'message_event'::regclass`);
  }

  /** An event's day is that of the zone that its tenant had then, whenever it is counted. */
  private timeZones(): void {
    this.addSql(`
      create table tenant_timezone (
        tenant_id uuid not null references tenant on delete cascade,
        since timestamptz not null,
        timezone text not null,
        primary key (tenant_id, since)
      )`);
    this.addSql(
      `insert into tenant_timezone (tenant_id, since, timezone) select id, '-infinity', timezone from tenant`,
    );
    this.addSql(`
      create function note_timezone() returns trigger language plpgsql as $$
      begin
        insert into tenant_timezone (tenant_id, since, timezone)
        values (new.id, case tg_op when 'INSERT' then '-infinity' else now() end, new.timezone)
        on conflict (tenant_id, since) do update set timezone = excluded.timezone;
        return null;
      end $$`);
    this.addSql(
      `create trigger tenant_timezone_made after insert on tenant for each row execute function note_timezone()`,
    );
    this.addSql(`
      create trigger tenant_timezone_changed after update of timezone on tenant for each row
      when (old.timezone is distinct from new.timezone) execute function note_timezone()`);
  }
}
