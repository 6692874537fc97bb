import { Migration } from '@mikro-orm/migrations';

/** People who are asked whether they want to be written to, and the messages that ask them: these need no opt-in. */
export class OptInRequests0076 extends Migration {
  override up(): void {
    this.addSql(`
      create table opt_in_request (
        id uuid primary key,
        tenant_id uuid not null,
        venue_id uuid not null,
        channel text not null check (channel in ('email', 'sms', 'whatsapp')),
        address text not null,
        source text not null,
        evidence jsonb,
        requested_by text not null,
        message_id uuid not null,
        status text not null default 'pending' check (status in ('pending', 'confirmed', 'replaced', 'withdrawn')),
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        confirmed_at timestamptz,
        confirmed_by text check (confirmed_by in ('link', 'reply')),
        constraint opt_in_request_confirmed check ((status = 'confirmed') = (confirmed_at is not null and confirmed_by is not null))
      )`);
    this.addSql(`create index opt_in_request_person on opt_in_request (venue_id, channel, address, created_at)`);
    this.addSql(`create index opt_in_request_tenant on opt_in_request (tenant_id, id)`);
    this.addSql(`create index opt_in_request_pending on opt_in_request (address, channel) where status = 'pending'`);
    this.addSql(`
      create table exempt_message (
        message_id uuid primary key,
        exempt_from text not null check (exempt_from in ('opt_in', 'opt_out'))
      )`);
  }
}
