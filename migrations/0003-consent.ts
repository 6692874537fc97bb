import { Migration } from '@mikro-orm/migrations';

/** Consent: the current state, and the log that proves it. */
export class Consent0003 extends Migration {
  override up(): void {
    this.addSql(`
      create table consent (
        venue_id uuid not null references venue,
        channel text not null,
        address text not null,
        tenant_id uuid not null references tenant,
        status text not null check (status in ('opted_in', 'opted_out')),
        source text not null,
        occurred_at timestamptz not null,
        updated_at timestamptz not null default clock_timestamp(),
        primary key (venue_id, channel, address)
      )`);
    this.addSql(`
      create table consent_event (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        venue_id uuid not null references venue,
        channel text not null,
        address text not null,
        status text not null check (status in ('opted_in', 'opted_out')),
        previous_status text not null,
        source text not null,
        evidence jsonb,
        actor text not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null default clock_timestamp()
      )`);
    this.addSql(`create index consent_event_subject on consent_event (venue_id, address, channel, id)`);
    this.addSql(`
      create function refuse_change() returns trigger language plpgsql as
      $$ begin raise exception '% is append-only', tg_table_name; end $$`);
    this.addSql(`
      create trigger consent_event_append_only before update on consent_event
      for each row execute function refuse_change()`);
    this.addSql(`
      create table suppression (
        tenant_id uuid not null references tenant,
        channel text not null,
        address text not null,
        reason text not null,
        evidence jsonb,
        created_at timestamptz not null default now(),
        primary key (tenant_id, channel, address)
      )`);
    this.numbers();
  }

  /** Keywords sent to our numbers, and consent for numbers that belong to no venue: state and log. */
  private numbers(): void {
    this.addSql(`
      create table keyword_message (
        number text not null,
        provider_message_id text not null,
        channel text not null,
        address text not null,
        keyword text not null check (keyword in ('stop', 'start', 'yes')),
        occurred_at timestamptz not null,
        recorded_at timestamptz not null default clock_timestamp(),
        primary key (number, provider_message_id)
      )`);
    this.addSql(`
      create table number_opt_out (
        channel text not null,
        number text not null,
        address text not null,
        status text not null check (status in ('opted_in', 'opted_out')),
        occurred_at timestamptz not null,
        primary key (channel, number, address)
      )`);
    this.addSql(`
      create table number_opt_out_event (
        id uuid primary key default uuidv7(),
        channel text not null,
        number text not null,
        address text not null,
        status text not null check (status in ('opted_in', 'opted_out')),
        previous_status text not null,
        source text not null,
        evidence jsonb,
        actor text not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null default clock_timestamp()
      )`);
    this.addSql(`create index number_opt_out_event_subject on number_opt_out_event (number, address, channel, id)`);
    this.addSql(`
      create trigger number_opt_out_event_append_only before update on number_opt_out_event
      for each row execute function refuse_change()`);
  }
}
