import { Migration } from '@mikro-orm/migrations';

/** Idempotency keys, run-once schedules, and values shared by the processes of a deployment. */
export class Kernel0001 extends Migration {
  override up(): void {
    this.addSql(`
      create table idempotency_key (
        owner text not null,
        key text not null,
        request_hash text not null,
        status integer not null default 0,
        answer text not null default '',
        created_at timestamptz not null default now(),
        primary key (owner, key)
      )`);
    this.addSql(`create index idempotency_key_created_at on idempotency_key (created_at)`);
    this.addSql(
      `create table deployment (key text primary key, value text not null, updated_at timestamptz not null default now())`,
    );
    this.addSql(`create table schedule (name text primary key, last_started_at timestamptz not null)`);
  }
}
