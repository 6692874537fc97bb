import { Migration } from '@mikro-orm/migrations';

/** What services say has happened, the rules that follow from it, and where each of them has got to. */
export class Automations0032 extends Migration {
  override up(): void {
    this.addSql(`
      create table inbound_event (
        id uuid primary key,
        tenant_id uuid not null references tenant,
        external_id text not null,
        type text not null,
        data jsonb not null,
        venue_id uuid not null references venue,
        order_ref text,
        customer_ref text,
        event_ref text,
        attendee_ref text,
        occurred_at timestamptz not null,
        correlation_id text,
        origin text not null check (origin in ('http', 'queue', 'service_bus')),
        received_at timestamptz not null default now(),
        taken_at timestamptz,
        attempts int not null default 0,
        next_try_at timestamptz not null default now(),
        constraint inbound_event_unique unique (tenant_id, external_id)
      )`);
    this.addSql(`create index inbound_event_waiting on inbound_event (id) where taken_at is null`);
    this.addSql(`
      create table automation (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        venue_id uuid references venue,
        key text not null,
        name text not null,
        enabled boolean not null,
        version int not null,
        trigger text not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint automation_key_unique unique (tenant_id, key)
      )`);
    this.addSql(`create index automation_trigger on automation (tenant_id, trigger) where enabled`);
    this.addSql(`
      create table automation_version (
        automation_id uuid not null references automation on delete cascade,
        version int not null,
        definition jsonb not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        primary key (automation_id, version)
      )`);
    this.addSql(`
      create table automation_run (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        automation_id uuid not null references automation,
        version int not null,
        venue_id uuid not null references venue,
        trigger_id uuid not null,
        data jsonb not null,
        order_ref text,
        customer_ref text,
        event_ref text,
        attendee_ref text,
        person text not null,
        correlation_id text,
        stop_on text[] not null,
        status text not null default 'waiting' check (status in ('waiting', 'done', 'stopped')),
        reason text,
        place int not null default 0,
        due_at timestamptz default clock_timestamp(),
        waiting_since timestamptz,
        message_id uuid,
        awaits_report boolean not null default false,
        spread_after text,
        lease uuid,
        lease_until timestamptz,
        attempts int not null default 0,
        log jsonb not null default '[]',
        created_at timestamptz not null default now(),
        finished_at timestamptz,
        constraint automation_run_unique unique (automation_id, trigger_id, person),
        check (due_at is null or status = 'waiting')
      ) with (fillfactor = 70)`);
    this.addSql(`
      create table automation_offer (
        automation_id uuid not null references automation,
        attendee_ref text not null,
        until timestamptz not null,
        primary key (automation_id, attendee_ref)
      )`);
    this.addSql(`create index automation_run_due on automation_run (due_at) where due_at is not null`);
    this.addSql(`create index automation_run_failing on automation_run (id) where attempts > 0`);
    this.addSql(`create index automation_run_of on automation_run (automation_id, id)`);
    for (const subject of ['order', 'customer', 'event', 'attendee']) {
      this.addSql(`create index automation_run_${subject} on automation_run (tenant_id, ${subject}_ref)
        where status = 'waiting' and ${subject}_ref is not null`);
    }
    this.addSql(`create index automation_run_message on automation_run (message_id)
      where awaits_report`);
    // No event before this is one of a run.
    this.addSql(`
      insert into event_cursor (name, tx, seq) values ('automation-runs', pg_snapshot_xmin(pg_current_snapshot()), 0)`);
  }
}
