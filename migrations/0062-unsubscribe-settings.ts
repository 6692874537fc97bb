import { Migration } from '@mikro-orm/migrations';

/** Where a venue takes mail of people who want to leave, what it answers to keywords, and whether a marketing email must show its link. */
export class UnsubscribeSettings0062 extends Migration {
  override up(): void {
    this.addSql(`alter table venue add column unsubscribe_email text, add column keyword_replies jsonb`);
    this.addSql(`alter table tenant add column require_unsubscribe_link boolean not null default true`);
  }
}
