import { Migration } from '@mikro-orm/migrations';

/**
 * Campaigns that try several templates. Launch the first when all processes are of this release: an older one would send its first template to
 * everybody.
 */
export class CampaignVariants0081 extends Migration {
  override up(): void {
    this.addSql(
      `alter table campaign add column variant_stage text check (variant_stage in ('whole', 'test', 'rest'))`,
    );
    this.addSql(`
      create table campaign_variant (
        campaign_id uuid not null references campaign on delete cascade,
        place smallint not null,
        template_key text not null,
        share smallint not null,
        template_version_id uuid,
        segments smallint,
        primary key (campaign_id, place)
      )`);
    this.addSql(`
      create table campaign_test (
        campaign_id uuid primary key references campaign on delete cascade,
        share_percent smallint not null,
        duration_minutes int not null,
        metric text not null check (metric in ('clicks', 'opens', 'none')),
        minimum int not null,
        sent_at timestamptz,
        winner smallint,
        reason text,
        confidence_percent smallint,
        decided_at timestamptz,
        decided_by text,
        check ((winner is null) = (decided_at is null))
      )`);
  }
}
