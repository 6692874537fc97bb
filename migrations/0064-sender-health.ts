import { Migration } from '@mikro-orm/migrations';

/**
 * How many emails each sender sends, beside what providers report of them; when marketing from a sender is paused for that, and who is
 * told. Only messages that are sent from now on count. And addresses that are dead for all tenants.
 */
export class SenderHealth0064 extends Migration {
  override up(): void {
    this.addSql(`alter table address_report add column sent_at timestamptz`);
    this.addSql(`
      create index address_report_sender on address_report (tenant_id, channel, sender, sent_at) include (kind)
      where kind in ('hard_bounce', 'complaint') and sent_at is not null`);
    this.addSql(`
      create table sender_volume (
        tenant_id uuid not null,
        channel text not null,
        sender text not null,
        minute timestamptz not null,
        messages bigint not null,
        primary key (tenant_id, channel, sender, minute)
      ) with (fillfactor = 70)`);
    this.addSql(`create index sender_volume_minute on sender_volume (minute)`);
    this.addSql(`
      insert into event_cursor (name, tx, seq) values ('sender-health', pg_snapshot_xmin(pg_current_snapshot()), 0)`);
    this.pauses();
    this.addSql(`
      create table sender_watch (
        tenant_id uuid primary key references tenant,
        notify_emails text[] not null,
        notify_url text,
        notify_language text not null
      )`);
    this.addSql(`
      create table dead_address (
        channel text not null,
        address text not null,
        reason text not null check (reason in ('hard_bounce', 'invalid_address')),
        code text,
        proven_at timestamptz not null,
        primary key (channel, address)
      )`);
    this.addSql(`create index dead_address_proven on dead_address (proven_at)`);
  }

  private pauses(): void {
    this.addSql(`
      create table sender_pause (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        channel text not null,
        address text not null,
        reason text not null check (reason in ('bounces', 'complaints')),
        sent bigint not null,
        bounces bigint not null,
        complaints bigint not null,
        paused_at timestamptz not null default now(),
        resumed_at timestamptz,
        resumed_by text,
        note text,
        constraint sender_pause_resumed check ((resumed_at is null) = (resumed_by is null))
      )`);
    this.addSql(`
      create unique index sender_pause_open on sender_pause (tenant_id, channel, address) where resumed_at is null`);
    this.addSql(`create index sender_pause_resumed_at on sender_pause (tenant_id, channel, address, resumed_at)`);
    this.addSql(`alter table campaign_flow drop constraint campaign_flow_state_check`);
    this.addSql(`
      alter table campaign_flow add constraint campaign_flow_state_check
      check (state in ('open', 'held', 'closed', 'over_budget', 'sender_paused'))`);
    this.addSql(`create index campaign_flow_sender_paused on campaign_flow (tenant_id) where state = 'sender_paused'`);
  }
}
