import { Migration } from '@mikro-orm/migrations';

/** What the platform tells people itself: notices, where each goes, and the secrets that sign them. */
export class Notices0050 extends Migration {
  override up(): void {
    this.addSql(`
      create table notice (
        id uuid primary key default uuidv7(),
        tenant_id uuid references tenant on delete cascade,
        kind text not null,
        subject text not null,
        payload jsonb not null,
        letters jsonb not null,
        constraint notice_unique unique (kind, subject)
      )`);
    this.addSql(`create index notice_tenant on notice (tenant_id, id)`);
    this.addSql(`
      create table notice_delivery (
        id uuid primary key default uuidv7(),
        notice_id uuid not null references notice on delete cascade,
        to_operator boolean not null,
        channel text not null check (channel in ('url', 'email')),
        address text not null,
        host text not null,
        language text not null,
        state text not null default 'waiting' check (state in ('waiting', 'delivered', 'refused', 'given_up')),
        attempts int not null default 0,
        error text,
        provider_account_id uuid,
        due_at timestamptz default now(),
        claim uuid,
        give_up_at timestamptz not null default now() + interval '24 hours',
        finished_at timestamptz,
        constraint notice_delivery_waits check ((due_at is not null) = (state = 'waiting'))
      )`);
    this.addSql(`create index notice_delivery_notice on notice_delivery (notice_id)`);
    this.addSql(`create index notice_delivery_due on notice_delivery (host, due_at) where due_at is not null`);
    this.addSql(`create index notice_delivery_given_up on notice_delivery (finished_at) where state = 'given_up'`);
    this.addSql(`
      create index notice_delivery_account on notice_delivery (provider_account_id, finished_at)
      where provider_account_id is not null`);
    this.addSql(`
      create table notice_secret (
        tenant_id uuid primary key references tenant on delete cascade,
        secret text not null,
        previous text,
        previous_until timestamptz,
        created_at timestamptz not null default now()
      )`);
    this.addSql(`
      alter table budget
        add column notify_emails text[] not null default '{}',
        add column notify_url text,
        add column notify_language text not null default 'en'`);
  }
}
