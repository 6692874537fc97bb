import { Migration } from '@mikro-orm/migrations';

/**
 * Campaigns that come at an hour of the recipient's own clock: `local_time` is that time without a zone. Schedule the first when all processes are
 * of this release: an older one would send it to everybody at once.
 */
export class CampaignHours0080 extends Migration {
  override up(): void {
    this.addSql(`
      alter table campaign
        add column local_time text,
        add column if_past text check (if_past in ('next_day', 'at_once'))`);
  }
}
