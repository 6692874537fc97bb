import { Migration } from '@mikro-orm/migrations';

/**
 * Campaigns to a segment, and their frequency cap. Launch the first with either when all processes are of this release: an older one
 * would expand it to the whole audience.
 */
export class CampaignsToSegments0074 extends Migration {
  override up(): void {
    this.addSql(`
      alter table campaign
        add column segment_id uuid,
        add column segment_rule jsonb,
        add column frequency_cap_days smallint`);
    this.addSql(`create index campaign_segment_id on campaign (segment_id) where status = 'SCHEDULED'`);
  }
}
