import { Migration } from '@mikro-orm/migrations';

/** People on WhatsApp who hide their number: the user id under which they write, and the number that was told beside it. */
export class WhatsAppUsers0021 extends Migration {
  override up(): void {
    this.addSql(`
      create table whatsapp_user (
        account_id uuid not null references provider_account,
        user_id text not null,
        number text not null,
        learned_at timestamptz not null default now(),
        primary key (account_id, user_id)
      )`);
  }
}
