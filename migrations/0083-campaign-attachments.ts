import { Migration } from '@mikro-orm/migrations';

/**
 * Files that a campaign's emails carry. Launch the first when all processes are of this release: an older one would send none.
 */
export class CampaignAttachments0083 extends Migration {
  override up(): void {
    this.addSql(`alter table campaign add column attachments jsonb`);
  }
}
