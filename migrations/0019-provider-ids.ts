import { Migration } from '@mikro-orm/migrations';

/**
 * Messages are found by their provider's id and their recipient, whichever tenant's they are: the index of recipients begins with
 * the recipient. It serves a tenant's history as before, which names both. Writes wait while it is built.
 */
export class ProviderIds0019 extends Migration {
  override up(): void {
    this.addSql(`create index message_recipient_tenant on message (recipient, tenant_id, id)`);
    this.addSql(`drop index message_recipient`);
    this.addSql(`alter table inbox add column look_again_at timestamptz`);
    this.addSql(`create index inbox_look_again on inbox (look_again_at) where look_again_at is not null`);
  }
}
