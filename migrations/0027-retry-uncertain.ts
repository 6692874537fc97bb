import { Migration } from '@mikro-orm/migrations';

/** Categories in which a tenant prefers a message that may arrive twice to one that may not arrive. */
export class RetryUncertain0027 extends Migration {
  override up(): void {
    this.addSql(`alter table tenant add column retry_uncertain text[] not null default '{}'`);
  }
}
