import { Migration } from '@mikro-orm/migrations';

/**
 * Budgets of campaigns, beside those of months; and what has been used and reserved of what budgets may limit, as running figures. What a
 * release before this one counts while both run is missing from these, until the month is rebuilt.
 */
export class CampaignBudgets0052 extends Migration {
  override up(): void {
    this.budgets();
    this.uses();
  }

  private budgets(): void {
    this.addSql(`alter table budget add column campaign_id uuid references campaign on delete cascade`);
    this.addSql(`alter table budget drop constraint budget_unique`);
    this.addSql(`
      alter table budget add constraint budget_unique unique nulls not distinct (tenant_id, campaign_id, measure)`);
    this.addSql(`create index budget_campaign on budget (campaign_id) where campaign_id is not null`);
    this.addSql(`create index budget_hard on budget (tenant_id, campaign_id) where hard and amount is not null`);
    this.addSql(`alter table budget_warning drop constraint budget_warning_pkey`);
    this.addSql(`alter table budget_warning alter column month drop not null`);
    this.addSql(`
      alter table budget_warning add constraint budget_warning_unique unique nulls not distinct (budget_id, month, percent)`);
    this.addSql(`alter table budget_reservation add column campaign_id uuid`);
    this.addSql(`
      create index budget_reservation_campaign on budget_reservation (campaign_id) where campaign_id is not null`);
  }

  /**
   * Of a tenant's month, or of a campaign, which has none: messages, or micros of a currency. Of all that was ever reserved, some is released:
   * it was counted, or not sent. Drains write the first, and the consumer of events the second: none waits for the other.
   */
  private uses(): void {
    this.addSql(`
      create table budget_use (
        scope_id uuid not null,
        month date,
        currency text,
        used bigint not null default 0,
        released bigint not null default 0,
        moved_at timestamptz not null default now(),
        constraint budget_use_unique unique nulls not distinct (scope_id, month, currency)
      ) with (fillfactor = 50)`);
    this.addSql(`
      create table budget_reserving (
        scope_id uuid not null,
        month date,
        currency text,
        reserved bigint not null,
        constraint budget_reserving_unique unique nulls not distinct (scope_id, month, currency)
      ) with (fillfactor = 50)`);
    this.addSql(`
      insert into budget_reserving (scope_id, month, currency, reserved)
      select tenant_id, month, null, count(*) from budget_reservation group by 1, 2
      union all
      select tenant_id, month, currency, sum(micros) from budget_reservation where currency is not null group by 1, 2, 3`);
    this.addSql(`
      with ${FOLLOWERS}
      insert into budget_use (scope_id, month, currency, used)
      select tenant_id, date_trunc('month', day)::date, null, sum(messages) from usage_rollup
      group by 1, 2 having sum(messages) <> 0
      union all
      select tenant_id, period, charge_currency, sum(charge_micros) from amount_rollup
      where kind not in ('rent', 'credit') and charge_currency is not null group by 1, 2, 3 having sum(charge_micros) <> 0
      union all
      select campaign_id, null, charge_currency, sum(used) from (
        select campaign_id, null as charge_currency, messages as used
        from usage_rollup join usage_scope on usage_scope.id = scope_id where campaign_id is not null
        union all
        select campaign_id, charge_currency, charge_micros
        from amount_rollup join usage_scope on usage_scope.id = scope_id
        where campaign_id is not null and kind not in ('rent', 'credit') and charge_currency is not null
        union all
        select root_campaign_id, null, 1 from follower
        where exists (
          select from message_event as event, event_cursor as cursor
          where event.message_id = follower.id and kind = 'sent' and cursor.name = 'usage' and (event.tx, event.seq) <= (cursor.tx, cursor.seq))
        union all
        select root_campaign_id, charge_currency, charge_micros
        from follower join billing_amount as amount on amount.message_id = follower.id join billing_basis as basis on basis.id = basis_id
        where charge_currency is not null
      ) as part group by 1, 3 having sum(used) <> 0`);
  }
}

/** What follows the messages of campaigns that are not over. */
const FOLLOWERS = `
  running as (select id, launched_at from campaign where launched_at is not null and ended_at is null),
  follower as (
    select message.id, root_campaign_id from message
    where message.id >= (select uuidv7_floor(min(launched_at)) from running) and root_campaign_id in (select id from running))`;
