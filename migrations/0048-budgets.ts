import { Migration } from '@mikro-orm/migrations';

/** How much a tenant may use in a month: what messages reserve before their calls, and what waits because nothing is left. */
export class Budgets0048 extends Migration {
  override up(): void {
    this.addSql(`
      create table budget (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant on delete cascade,
        measure text not null check (measure in ('messages', 'money')),
        amount bigint check (amount > 0),
        currency text check ((currency is null) = (measure = 'messages')),
        hard boolean not null,
        exempt text[] not null,
        stopped_at timestamptz,
        stopped_needs bigint,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint budget_unique unique (tenant_id, measure)
      )`);
    this.addSql(`create index budget_stopped on budget (tenant_id) where stopped_at is not null`);
    this.addSql(`
      create table budget_warning (
        budget_id uuid not null references budget on delete cascade,
        month date not null,
        percent int not null,
        reached_at timestamptz not null default now(),
        primary key (budget_id, month, percent)
      )`);
    this.addSql(`
      create table budget_reservation (
        message_id uuid primary key,
        tenant_id uuid not null,
        month date not null,
        channel text not null,
        segments int not null,
        micros bigint not null,
        currency text,
        tx xid8 not null default pg_current_xact_id(),
        reserved_at timestamptz not null default now()
      )`);
    this.addSql(`create index budget_reservation_month on budget_reservation (tenant_id, month)`);
    this.addSql(`alter table campaign_flow add column tenant_id uuid`);
    this.addSql(`alter table campaign_flow drop constraint campaign_flow_state_check`);
    this.addSql(`
      alter table campaign_flow add constraint campaign_flow_state_check
      check (state in ('open', 'held', 'closed', 'over_budget'))`);
    this.addSql(`create index campaign_flow_over_budget on campaign_flow (tenant_id) where state = 'over_budget'`);
  }
}
