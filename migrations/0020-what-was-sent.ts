import { Migration } from '@mikro-orm/migrations';

/**
 * What a message is about, as filters of history, whether it is a test, and a provider's error in words. Writes wait while the
 * indexes are built.
 */
export class WhatWasSent0020 extends Migration {
  override up(): void {
    this.addSql(
      `alter table message add column order_id text, add column customer_id text, add column message_type text,
         add column is_test boolean not null default false, add column error_message text`,
    );
    this.addSql(`create index message_order on message (tenant_id, order_id, id) where order_id is not null`);
    this.addSql(`create index message_customer on message (tenant_id, customer_id, id) where customer_id is not null`);
  }
}
