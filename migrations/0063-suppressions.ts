import { Migration } from '@mikro-orm/migrations';

/**
 * What providers report of addresses, each report once: the proof of a suppression, and what soft bounces are counted by. A suppression
 * after soft bounces ends by itself; the release before this one takes it for one that does not.
 */
export class Suppressions0063 extends Migration {
  override up(): void {
    this.addSql(`alter table suppression add column expires_at timestamptz`);
    this.addSql(`
      alter table suppression add constraint suppression_expires
      check ((expires_at is not null) = (reason = 'soft_bounce'))`);
    this.addSql(`create index suppression_expiring on suppression (expires_at) where expires_at is not null`);
    this.addSql(`
      create table address_report (
        message_id uuid not null,
        kind text not null check (kind in ('soft_bounce', 'hard_bounce', 'complaint', 'invalid_address')),
        tenant_id uuid not null references tenant,
        channel text not null,
        address text not null,
        sender text not null,
        code text,
        event text,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null default now(),
        is_forgiven boolean not null default false,
        primary key (message_id, kind)
      )`);
    this.addSql(`
      create index address_report_soft on address_report (tenant_id, channel, address)
      where kind = 'soft_bounce' and not is_forgiven`);
  }
}
