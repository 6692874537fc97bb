import { Migration } from '@mikro-orm/migrations';

/** Tenants whose quiet hours have changed, and how far what waits for the old ones has been moved. What waits can be walked in order. */
export class QuietHoursChanges0102 extends Migration {
  override up(): void {
    this.addSql(`
      create table quiet_hours_change (
        tenant_id uuid primary key references tenant on delete cascade,
        changed_at timestamptz not null default clock_timestamp(),
        after uuid not null default '00000000-0000-0000-0000-000000000000',
        awaited uuid[]
      )`);
    this.addSql(
      `create index pending_waiting on pending (tenant_id, waits_for, message_id) where waits_for is not null`,
    );
    this.addSql(`drop index pending_waits`);
  }
}
