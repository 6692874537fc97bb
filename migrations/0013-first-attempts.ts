import { Migration } from '@mikro-orm/migrations';

/** When a message was first claimed: the retry period starts here, not at acceptance. */
export class FirstAttempts0013 extends Migration {
  override up(): void {
    this.addSql(`alter table message add column first_attempt_at timestamptz`);
  }
}
