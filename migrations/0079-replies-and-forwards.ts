import { Migration } from '@mikro-orm/migrations';

/** What venues answer by themselves to people who write, to whom of a tenant it is forwarded, and the messages that wait for either. */
export class RepliesAndForwards0079 extends Migration {
  override up(): void {
    this.addSql(`
      create table auto_reply (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        venue_id uuid not null,
        channel text not null check (channel in ('sms', 'whatsapp')),
        body text,
        template jsonb,
        opening_hours jsonb,
        timezone text,
        every_hours smallint not null,
        enabled boolean not null,
        created_at timestamptz not null default now(),
        constraint auto_reply_unique unique (venue_id, channel)
      )`);
    this.addSql(`create index auto_reply_tenant on auto_reply (tenant_id, id)`);
    this.addSql(`
      create table auto_reply_due (
        received_id uuid primary key,
        conversation_id uuid not null,
        auto_reply_id uuid not null,
        attempts smallint not null default 0,
        due_at timestamptz not null default clock_timestamp()
      )`);
    this.addSql(`create index auto_reply_due_at on auto_reply_due (due_at)`);
    this.addSql(`alter table venue add column forward_to jsonb`);
    this.addSql(`
      create table forward (
        venue_id uuid primary key,
        due_at timestamptz not null default clock_timestamp()
      )`);
    this.addSql(`
      create table forward_item (
        venue_id uuid not null,
        received_id uuid not null,
        primary key (venue_id, received_id)
      )`);
    this.addSql(`alter table venue_conversation add column auto_replied_at timestamptz`);
  }
}
