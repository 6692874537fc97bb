import { Migration } from '@mikro-orm/migrations';

/** How many messages of a kind a tenant may send in a day of its own time zone, with those that the present day has had. */
export class DailyCaps0090 extends Migration {
  override up(): void {
    this.addSql(`
      create table daily_cap (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant on delete cascade,
        channel text not null,
        category text not null check (category in ('transactional', 'marketing')),
        messages int check (messages >= 0),
        by_admin boolean not null,
        day date not null,
        used int not null default 0,
        stopped_at timestamptz,
        told_on date,
        notify_emails text[] not null,
        notify_url text,
        notify_language text not null,
        constraint daily_cap_unique unique (tenant_id, channel, category)
      )`);
    this.addSql(`create index daily_cap_stopped on daily_cap (tenant_id) where stopped_at is not null`);
    this.addSql(`alter table campaign_flow drop constraint campaign_flow_state_check`);
    this.addSql(`
      alter table campaign_flow add constraint campaign_flow_state_check
      check (state in ('open', 'held', 'closed', 'over_budget', 'sender_paused', 'over_daily_cap'))`);
    this.addSql(
      `create index campaign_flow_over_daily_cap on campaign_flow (tenant_id) where state = 'over_daily_cap'`,
    );
  }
}
