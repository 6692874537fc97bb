import { Migration } from '@mikro-orm/migrations';

/** When a message was first taken up to be sent: for how long it is tried is counted from here, not from when it was accepted. */
export class FirstAttempts0013 extends Migration {
  override up(): void {
    this.addSql(`alter table message add column first_attempt_at timestamptz`);
  }
}
