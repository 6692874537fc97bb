import { Migration } from '@mikro-orm/migrations';

/**
 * One table for the cursors of all event consumers. Views keep the old names, so that processes of the previous release move
 * the same cursors while they still run; a later release drops them.
 */
export class EventCursors0014 extends Migration {
  override up(): void {
    this.addSql(`alter table usage_cursor rename to event_cursor`);
    this.addSql(`alter index usage_cursor_pkey rename to event_cursor_pkey`);
    this.addSql(`update event_cursor set name = 'usage' where name = 'daily'`);
    this.addSql(`
      insert into event_cursor (name, tx, seq)
      select case name when '1 hour' then 'missing-reports-1-hour' else 'missing-reports-1-day' end, tx, seq from silence_cursor`);
    this.addSql(`drop table silence_cursor`);
    this.addSql(`
      create view usage_cursor as
      select case name when 'usage' then 'daily' end as name, tx, seq, moved_at from event_cursor where name = 'usage'`);
    this.addSql(`
      create view silence_cursor as
      select case name when 'missing-reports-1-hour' then '1 hour' else '1 day' end as name, tx, seq from event_cursor
      where name in ('missing-reports-1-hour', 'missing-reports-1-day')`);
    // Messages that failed until now are in fallback_due already.
    this.addSql(`
      insert into event_cursor (name, tx, seq)
      values ('channel-fallback', (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text::xid8, 9223372036854775807)`);
    this.addSql(`
      create table status_poll (
        message_id uuid primary key,
        due_at timestamptz not null default clock_timestamp(),
        looks smallint not null default 0
      )`);
    this.addSql(`create index status_poll_due on status_poll (due_at)`);
  }
}
