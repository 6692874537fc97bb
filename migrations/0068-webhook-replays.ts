import { Migration } from '@mikro-orm/migrations';

/** What endpoints are told again, from a time on: how far each replay has come. */
export class WebhookReplays0068 extends Migration {
  override up(): void {
    this.addSql(`
      create table webhook_replay (
        id uuid primary key default uuidv7(),
        endpoint_id uuid not null references webhook_endpoint on delete cascade,
        since timestamptz not null,
        until timestamptz not null,
        reached_at timestamptz not null,
        reached_seq bigint not null default 0,
        events int not null default 0,
        finished_at timestamptz
      )`);
    this.addSql(`create index webhook_replay_endpoint on webhook_replay (endpoint_id, id)`);
    this.addSql(`create unique index webhook_replay_open on webhook_replay (endpoint_id) where finished_at is null`);
  }
}
