import { Migration } from '@mikro-orm/migrations';

/** Files that every email from a version of a template carries: `[{ "id", "contentId" }]`. */
export class TemplateAttachments0066 extends Migration {
  override up(): void {
    this.addSql(`alter table template_version add column attachments jsonb`);
  }
}
