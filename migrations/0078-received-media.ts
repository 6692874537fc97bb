import { Migration } from '@mikro-orm/migrations';

/** Pictures and the like that people send: where the provider keeps each, and the file that it has become. */
export class ReceivedMedia0078 extends Migration {
  override up(): void {
    this.addSql(`
      create table received_media (
        received_id uuid not null,
        place smallint not null,
        tenant_id uuid not null,
        provider_account_id uuid not null,
        url text not null,
        told_type text,
        state text not null default 'waiting' check (state in ('waiting', 'kept', 'failed')),
        reason text,
        file_id uuid,
        media_type text,
        bytes integer,
        attempts smallint not null default 0,
        claim uuid,
        due_at timestamptz default clock_timestamp(),
        primary key (received_id, place)
      )`);
    this.addSql(`
      create index received_media_due on received_media (provider_account_id, due_at) where due_at is not null`);
    this.addSql(`create index received_media_file on received_media (file_id) where file_id is not null`);
  }
}
