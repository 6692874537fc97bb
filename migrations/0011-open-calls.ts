import { Migration } from '@mikro-orm/migrations';

/** Calls to providers with idempotency keys, stored before they are made and until none of their messages is in doubt. */
export class OpenCalls0011 extends Migration {
  override up(): void {
    this.addSql(`
      create table open_call (
        id uuid primary key default uuidv7(),
        lane_id uuid not null references lane,
        message_ids uuid[] not null,
        attempts smallint[] not null,
        digest bytea not null,
        repeatable_until timestamptz not null,
        look_at timestamptz not null default clock_timestamp() + interval '1 minute',
        looks smallint not null default 0
      )`);
    this.addSql(`create index open_call_look_at on open_call (look_at)`);
  }
}
