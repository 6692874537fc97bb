import { Migration } from '@mikro-orm/migrations';

/**
 * Events that wait to be taken up, in a narrow table of their own, as messages have it: taking up a wide row that has four indexes cost
 * as much as its insert. Stop workers of the release before first.
 */
export class PendingEvents0039 extends Migration {
  override up(): void {
    this.addSql(`
      create table pending_event (
        seq bigint primary key,
        event_id uuid not null,
        received_at timestamptz not null default now(),
        attempts int not null default 0,
        next_try_at timestamptz not null default now()
      )`);
    this.addSql(`
      insert into pending_event (seq, event_id, received_at, attempts, next_try_at)
      select seq, id, received_at, attempts, next_try_at from inbound_event where taken_at is null`);
    this.addSql(`alter table inbound_event drop column taken_at, drop column attempts, drop column next_try_at`);
  }
}
