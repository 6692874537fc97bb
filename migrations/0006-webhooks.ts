import { Migration } from '@mikro-orm/migrations';

/** The inbox: provider events as received, deduplicated and replayable. */
export class Webhooks0006 extends Migration {
  override up(): void {
    this.addSql(`
      create table inbox (
        id uuid primary key default uuidv7(),
        provider text not null,
        dedupe_key text not null,
        account_ids uuid[] not null,
        event jsonb not null,
        received_at timestamptz not null default now(),
        applied_at timestamptz,
        constraint inbox_event_unique unique (provider, dedupe_key)
      )`);
    this.addSql(`create table silence_cursor (name text primary key, tx xid8 not null, seq bigint not null)`);
    this.addSql(`insert into silence_cursor values ('1 hour', '0', 0), ('1 day', '0', 0)`);
    this.addSql(`create index inbox_waiting on inbox (id) where applied_at is null`);
  }
}
