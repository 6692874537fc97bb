import { Migration } from '@mikro-orm/migrations';

/** Campaigns: the request, the audience expansion, and skipped contacts. */
export class Campaigns0009 extends Migration {
  override up(): void {
    this.addSql(`
      create table campaign (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        name text not null,
        description text,
        channel text not null,
        category text,
        venue_id uuid not null references venue,
        sender_id uuid references sender,
        template_key text not null,
        audience_id uuid not null,
        status text not null default 'DRAFT',
        status_reason text,
        scheduled_at timestamptz,
        expires_at timestamptz,
        messages_per_minute integer,
        pause_at_failure_percent integer,
        created_by text not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        launched_at timestamptz,
        sent_at timestamptz,
        ended_at timestamptz,
        template_version_id uuid references template_version,
        lane_id uuid references lane,
        provider text,
        sender_address text,
        sender_name text,
        segments smallint,
        audience_count bigint not null default 0,
        excluded jsonb not null default '{}',
        cut_to text not null default '',
        all_cut boolean not null default false,
        frozen_at timestamptz,
        rate_per_second double precision,
        sampled_at timestamptz,
        sampled_count bigint not null default 0
      ) with (fillfactor = 50)`);
    this.addSql(`create index campaign_tenant_id on campaign (tenant_id, id)`);
    this.addSql(`create index campaign_audience_id on campaign (audience_id)`);
    this.addSql(`
      create index campaign_active on campaign (status, scheduled_at) where ended_at is null`);
    this.addSql(`
      create table campaign_chunk (
        campaign_id uuid not null references campaign,
        after text not null,
        until text not null,
        primary key (campaign_id, after)
      )`);
    this.addSql(`
      create table campaign_exclusion (
        campaign_id uuid not null references campaign,
        address text not null,
        reason text not null,
        primary key (campaign_id, address)
      )`);
  }
}
