import { Migration } from '@mikro-orm/migrations';

/** Audiences, their contacts and imports. */
export class Audiences0008 extends Migration {
  override up(): void {
    this.addSql(`
      create table audience (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        name text not null,
        description text,
        emails bigint not null default 0,
        phones bigint not null default 0,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        deleted_at timestamptz
      )`);
    this.addSql(`create index audience_tenant on audience (tenant_id, id)`);
    // Narrow: audience expansion scans its key, up to a million rows. No foreign key: it would be checked row by row, and double
    // the cost of an import. Writers lock the audience's row instead, so that no contact is added to a deleted audience.
    this.addSql(`
      create table contact (
        audience_id uuid not null,
        kind text not null check (kind in ('email', 'phone')),
        address text not null,
        attributes jsonb not null,
        import_id uuid not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (audience_id, kind, address)
      )`);
    this.imports();
  }

  private imports(): void {
    // A running import's contacts are not in the audience's own counts yet: otherwise concurrent imports would block each other.
    this.addSql(`
      create table audience_import (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        audience_id uuid not null references audience on delete cascade,
        idempotency_key text,
        format text not null check (format in ('csv', 'ndjson', 'json')),
        status text not null default 'running' check (status in ('running', 'finished', 'interrupted')),
        attempt integer not null default 1,
        lines bigint not null default 0,
        checksum bigint not null default 0,
        inserted bigint not null default 0,
        updated bigint not null default 0,
        unchanged bigint not null default 0,
        repeated bigint not null default 0,
        rejected bigint not null default 0,
        uncounted_emails bigint not null default 0,
        uncounted_phones bigint not null default 0,
        created_by text not null,
        started_at timestamptz not null default now(),
        progressed_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        constraint audience_import_key unique (tenant_id, idempotency_key)
      ) with (fillfactor = 50)`);
    this.addSql(`create index audience_import_audience on audience_import (audience_id, id)`);
    this.addSql(
      `create index audience_import_running on audience_import (tenant_id, audience_id) where status = 'running'`,
    );
    this.addSql(`
      create table audience_import_error (
        import_id uuid not null references audience_import on delete cascade,
        number integer not null,
        line bigint not null,
        code text not null,
        field text,
        primary key (import_id, number)
      )`);
  }
}
