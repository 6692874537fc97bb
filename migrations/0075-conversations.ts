import { Migration } from '@mikro-orm/migrations';

/**
 * What people write to venues, by person: the ledger has the fact, which never changes; here is the text, which can be erased. WhatsApp's windows of
 * 24 hours stay in `conversation`.
 */
export class Conversations0075 extends Migration {
  override up(): void {
    this.addSql(`
      create table venue_conversation (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        venue_id uuid not null,
        channel text not null check (channel in ('sms', 'whatsapp')),
        person text not null,
        number text not null,
        received bigint not null,
        unread int not null,
        last_received_at timestamptz not null default clock_timestamp(),
        constraint venue_conversation_unique unique (tenant_id, venue_id, channel, person)
      )`);
    this.addSql(
      `create index venue_conversation_last on venue_conversation (tenant_id, last_received_at desc, id desc)`,
    );
    this.addSql(`
      create index venue_conversation_unread on venue_conversation (tenant_id, last_received_at desc, id desc) where unread > 0`);
    this.addSql(`
      create table received_text (
        received_id uuid primary key,
        conversation_id uuid not null,
        channel text not null,
        body text not null,
        keyword text,
        received_at timestamptz not null default clock_timestamp()
      )`);
    this.addSql(`create index received_text_conversation on received_text (conversation_id, received_id)`);
  }
}
