import { Migration } from '@mikro-orm/migrations';

/** Messages that a provider took, did not deliver, and that may arrive later. */
export class LateRetries0026 extends Migration {
  override up(): void {
    // A message that waits for its retry (due_at), or that is one.
    this.addSql(`
      create table late_retry (
        message_id uuid primary key,
        attempt smallint not null,
        due_at timestamptz
      )`);
    this.addSql(`create index late_retry_due on late_retry (due_at) where due_at is not null`);
    // What failed before this is not sent again.
    this.addSql(`
      insert into event_cursor (name, tx, seq) values ('late-retries', pg_snapshot_xmin(pg_current_snapshot()), 0)`);
  }
}
