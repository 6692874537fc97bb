import { Migration } from '@mikro-orm/migrations';

/** Links that are counted: where they lead, the short ones of texts, who followed them, and tenants' own domains for them. */
export class Links0071 extends Migration {
  override up(): void {
    this.addSql(`
      alter table tenant
        add column link_hosts text[] not null default '{}',
        add column link_categories text[] not null default '{marketing}'`);
    this.addSql(`
      create table link (
        id uuid primary key,
        tenant_id uuid not null,
        url text not null,
        used_on date not null default current_date
      )`);
    this.addSql(`create index link_unused on link (used_on)`);
    this.addSql(`
      create table short_link (
        code text collate "C" primary key,
        message_id uuid not null,
        link_id uuid not null
      )`);
    // Rows come in the order of their messages: a few pages of this index say where the old ones are.
    this.addSql(`create index short_link_age on short_link using brin (message_id)`);
    this.addSql(`
      create table link_click (
        message_id uuid not null,
        link_id uuid not null,
        by_machine boolean not null,
        tenant_id uuid not null,
        campaign_id uuid,
        template_id uuid,
        clicked_at timestamptz not null,
        primary key (message_id, link_id, by_machine)
      )`);
    this.addSql(`create index link_click_campaign on link_click (campaign_id, link_id) where campaign_id is not null`);
    this.addSql(`create index link_click_template on link_click (template_id, link_id) where template_id is not null`);
    this.addSql(`
      create table link_domain (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        host text not null,
        token text not null default replace(gen_random_uuid()::text, '-', ''),
        verified_at timestamptz,
        created_at timestamptz not null default now(),
        constraint link_domain_unique unique (tenant_id, host)
      )`);
    this.addSql(`create unique index link_domain_verified on link_domain (host) where verified_at is not null`);
    // Both are of 122 random bits, from the generator that keys are made by.
    this.addSql(`
      insert into deployment (key, value)
      select 'link_key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') on conflict do nothing`);
  }
}
