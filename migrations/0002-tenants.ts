import { Migration } from '@mikro-orm/migrations';

/** Tenants and their senders. */
export class Tenants0002 extends Migration {
  override up(): void {
    this.addSql(`
      create table tenant (
        id uuid primary key default uuidv7(),
        name text not null,
        slug text not null constraint tenant_slug_unique unique,
        timezone text not null,
        currency text not null,
        country text,
        email_enabled boolean not null default true,
        sms_enabled boolean not null default true,
        whatsapp_enabled boolean not null default true,
        voice_enabled boolean not null default true,
        require_opt_in text[] not null default '{}',
        give_up_doubts text[] not null default '{}',
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`);
    this.addSql(`
      create table venue (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        name text not null,
        external_id text,
        is_default boolean not null default false,
        created_at timestamptz not null default now(),
        constraint venue_external_id_unique unique (tenant_id, external_id)
      )`);
    this.addSql(`create unique index venue_default_unique on venue (tenant_id) where is_default`);
    this.addSql(`
      create table api_key (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        name text not null,
        secret_hash text not null,
        scopes text[] not null,
        created_at timestamptz not null default now(),
        created_by text not null,
        revoked_at timestamptz
      )`);
    this.addSql(`create index api_key_tenant_id on api_key (tenant_id, id)`);
    this.addSql(`
      create table provider_account (
        id uuid primary key default uuidv7(),
        tenant_id uuid references tenant,
        provider text not null,
        name text not null,
        external_id text,
        credentials text,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`);
    this.addSql(
      `create unique index provider_account_platform_unique on provider_account (provider) where tenant_id is null`,
    );
    this.addSql(
      `create unique index provider_account_tenant_unique on provider_account (tenant_id, provider) where tenant_id is not null`,
    );
    this.addSql(`create index provider_account_external_id on provider_account (provider, external_id)`);
    this.addSql(`
      create table sender (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        venue_id uuid not null references venue,
        channel text not null,
        address text not null,
        display_name text,
        provider_account_id uuid not null references provider_account,
        status text not null default 'active',
        rate_per_second double precision,
        fallback_sender_id uuid references sender,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`);
    this.addSql(`create index sender_tenant_id on sender (tenant_id, id)`);
    this.addSql(`create index sender_venue_id on sender (venue_id, channel)`);
    this.addSql(`create index sender_fallback on sender (provider_account_id) where fallback_sender_id is not null`);
    this.addSql(`create index sender_address on sender (address, channel)`);
    this.addSql(`
      create unique index sender_number_unique on sender (channel, address) where status = 'active' and channel <> 'email'`);
  }
}
