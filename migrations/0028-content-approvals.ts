import { Migration } from '@mikro-orm/migrations';

/** What WhatsApp says of the templates that are kept at a provider. */
export class ContentApprovals0028 extends Migration {
  override up(): void {
    this.addSql(`
      create table content_approval (
        account_id uuid not null references provider_account on delete cascade,
        content_sid text not null,
        status text,
        category text,
        reason text,
        checked_at timestamptz,
        check_at timestamptz not null default now(),
        primary key (account_id, content_sid)
      )`);
    this.addSql(`create index content_approval_check_at on content_approval (check_at)`);
  }
}
