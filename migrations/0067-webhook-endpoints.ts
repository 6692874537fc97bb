import { Migration } from '@mikro-orm/migrations';

/** What tenants are told: where they want it, what is on its way there, and consent that has changed. */
export class WebhookEndpoints0067 extends Migration {
  override up(): void {
    this.addSql(`
      create table webhook_endpoint (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        url text not null,
        events text[],
        description text,
        notify_emails text[] not null default '{}',
        notify_language text not null default 'en',
        disabled_reason text check (disabled_reason in ('by_hand', 'failing', 'gone')),
        disabled_at timestamptz,
        failures int not null default 0,
        failing_since timestamptz,
        retry_at timestamptz not null default '-infinity',
        delivered_at timestamptz,
        created_at timestamptz not null default clock_timestamp(),
        constraint webhook_endpoint_disabled check ((disabled_reason is null) = (disabled_at is null)),
        constraint webhook_endpoint_fails check ((failing_since is null) = (failures = 0))
      )`);
    this.addSql(`create index webhook_endpoint_tenant on webhook_endpoint (tenant_id, id)`);
    this.addSql(`
      create table webhook_secret (
        endpoint_id uuid primary key references webhook_endpoint on delete cascade,
        secret text not null,
        previous text,
        previous_until timestamptz,
        created_at timestamptz not null default now()
      )`);
    this.deliveries();
    this.consent();
    // What happened before this release is told to nobody.
    this.addSql(`
      insert into event_cursor (name, tx, seq) values ('webhook-endpoints', pg_snapshot_xmin(pg_current_snapshot()), 0)`);
  }

  /** No foreign keys: a row is written for each event and endpoint, and to check it would cost more than to purge what is left of an endpoint. */
  private deliveries(): void {
    this.addSql(`
      create table webhook_delivery (
        endpoint_id uuid not null,
        id uuid not null default uuidv7(),
        type text not null,
        subject_id uuid not null,
        fact uuid not null,
        seq bigint,
        is_test boolean not null default false,
        happened_at timestamptz not null,
        state text not null default 'waiting' check (state in ('waiting', 'delivered', 'refused', 'given_up')),
        attempts int not null default 0,
        log jsonb not null default '[]',
        due_at timestamptz default now(),
        claim uuid,
        give_up_at timestamptz not null default now() + interval '24 hours',
        finished_at timestamptz,
        primary key (endpoint_id, id),
        constraint webhook_delivery_fact unique (endpoint_id, fact),
        constraint webhook_delivery_waits check ((due_at is not null) = (state = 'waiting'))
      )`);
    this.addSql(
      `create index webhook_delivery_due on webhook_delivery (endpoint_id, due_at, fact) where due_at is not null`,
    );
    this.addSql(`
      create index webhook_delivery_order on webhook_delivery (endpoint_id, subject_id, fact) where due_at is not null`);
  }

  /** Changes of tenants that want to be told of them, until they are. */
  private consent(): void {
    this.addSql(`create table consent_follower (tenant_id uuid primary key)`);
    this.addSql(`
      create table consent_news (
        id bigint generated always as identity primary key,
        event_id uuid not null
      )`);
  }
}
