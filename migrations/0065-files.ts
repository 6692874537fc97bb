import { Migration } from '@mikro-orm/migrations';

/** Files that emails carry, known by their content, and what an email has beside its subject and body. */
export class Files0065 extends Migration {
  override up(): void {
    this.addSql(`
      create table file (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        name text not null,
        media_type text not null,
        bytes integer not null,
        digest text not null,
        stored_in text not null check (stored_in in ('database', 's3')),
        uploaded_at timestamptz not null default now(),
        uploaded_by text not null,
        used_at timestamptz,
        constraint file_unique unique (tenant_id, digest, name)
      )`);
    this.addSql(`create index file_by_tenant on file (tenant_id, id)`);
    this.addSql(`
      create table file_content (
        tenant_id uuid not null,
        digest text not null,
        content bytea not null,
        primary key (tenant_id, digest)
      )`);
    // Pictures and PDFs are compressed already.
    this.addSql(`alter table file_content alter column content set storage external`);
    this.addSql(`alter table message add column mail jsonb`);
  }
}
