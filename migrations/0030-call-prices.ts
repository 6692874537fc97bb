import { Migration } from '@mikro-orm/migrations';

/** What the provider charged for a call. */
export class CallPrices0030 extends Migration {
  override up(): void {
    this.addSql(`alter table voice_call add column price_micros bigint, add column price_currency text`);
  }
}
