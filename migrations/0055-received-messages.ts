import { Migration } from '@mikro-orm/migrations';

/** What people write to us costs too: messages that were received, as facts of whose they are, counted and priced beside those sent. */
export class ReceivedMessages0055 extends Migration {
  override up(): void {
    this.addSql(`
      create table received_message (
        id uuid primary key default uuidv7(),
        tenant_id uuid,
        venue_id uuid,
        provider_account_id uuid not null,
        provider text not null,
        provider_message_id text not null,
        channel text not null,
        person text not null,
        number text not null,
        segments smallint not null,
        constraint received_message_unique unique (provider_account_id, provider_message_id)
      )`);
    this.addSql(`
      create trigger received_message_immutable before update or delete on received_message
      for each row execute function refuse_change()`);
    this.addSql(`
      alter table usage_scope add column direction text not null default 'outbound' check (direction in ('outbound', 'inbound'))`);
    this.addSql(`
      alter table usage_rollup add column received bigint not null default 0, add column received_segments bigint not null default 0`);
  }
}
