import { Migration } from '@mikro-orm/migrations';

/**
 * How many texts and calls that somebody's form may have caused go to which ranges of numbers; where that looked like SMS pumping, and what was done; ranges that
 * are never suspected; and how each tenant wants it. Only messages that are accepted from now on count.
 */
export class PumpingGuard0092 extends Migration {
  override up(): void {
    this.addSql(`
      create table range_volume (
        tenant_id uuid not null,
        prefix text not null,
        minute timestamptz not null,
        messages bigint not null,
        numbers bigint not null,
        primary key (tenant_id, prefix, minute)
      ) with (fillfactor = 70)`);
    this.addSql(`create index range_volume_minute on range_volume (minute)`);
    this.addSql(`
      insert into event_cursor (name, tx, seq) values ('pumping-guard', pg_snapshot_xmin(pg_current_snapshot()), 0)`);
    this.alarms();
    this.addSql(`
      create table allowed_range (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        prefix text not null,
        note text,
        created_by text not null,
        created_at timestamptz not null default now(),
        constraint allowed_range_unique unique (tenant_id, prefix)
      )`);
    this.addSql(`
      create table pumping_guard (
        tenant_id uuid primary key references tenant,
        mode text check (mode in ('off', 'watch', 'block')),
        by_admin boolean not null,
        notify_emails text[] not null,
        notify_url text,
        notify_language text not null
      )`);
  }

  private alarms(): void {
    this.addSql(`
      create table pumping_alarm (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        prefix text not null,
        country text,
        reason text not null check (reason in ('adjacent_numbers', 'costly_country')),
        blocks boolean not null,
        numbers bigint not null,
        messages bigint not null,
        stopped bigint not null default 0,
        price_micros bigint,
        price_currency text,
        usual bigint not null,
        began_at timestamptz not null default now(),
        hold_minutes int not null,
        ends_at timestamptz not null,
        ended_at timestamptz,
        ended_by text,
        note text,
        constraint pumping_alarm_ended check ((ended_at is null) = (ended_by is null))
      )`);
    this.addSql(`create unique index pumping_alarm_open on pumping_alarm (tenant_id, prefix) where ended_at is null`);
    this.addSql(`create index pumping_alarm_due on pumping_alarm (ends_at) where ended_at is null`);
    this.addSql(`create index pumping_alarm_tenant on pumping_alarm (tenant_id, id)`);
    this.addSql(`
      create table pumping_event (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        alarm_id uuid not null references pumping_alarm,
        kind text not null check (kind in ('suspected', 'ended')),
        at timestamptz not null default now(),
        is_taken boolean not null default false
      )`);
    this.addSql(`create index pumping_event_untaken on pumping_event (id) where not is_taken`);
    this.addSql(`create index pumping_event_tenant on pumping_event (tenant_id, id)`);
  }
}
