import { Migration } from '@mikro-orm/migrations';

/**
 * What had no price is priced once it has: amounts without one keep their place among the units of their month and the plan that they
 * had, sums tell why none was known, and a new version of a list has its walk through them. Amounts of before have no such place, and
 * stay as they are.
 */
export class Reratings0054 extends Migration {
  override up(): void {
    this.amounts();
    this.sums();
    this.addSql(`
      create table rerating (
        version_id uuid primary key references price_list_version,
        day date not null default '-infinity',
        scope_id int not null default 0,
        seq bigint not null default 0,
        priced bigint not null default 0,
        created_at timestamptz not null default clock_timestamp(),
        finished_at timestamptz
      )`);
    this.addSql(`create index rerating_open on rerating (version_id) where finished_at is null`);
  }

  private amounts(): void {
    this.addSql(`
      alter table billing_amount add column used_messages int, add column used_segments int, add column used_minutes int,
        drop constraint billing_amount_kind_check,
        add constraint billing_amount_kind_check check (kind in ('estimated', 'reversed', 'rerated', 'final', 'rent', 'credit'))`);
    this.addSql(`
      create index billing_amount_unpriced on billing_amount (scope_id, day, seq) where used_messages is not null`);
    this.addSql(`alter table billing_basis add column plan text`);
  }

  /** Sums of amounts with both prices have no reason, and stay. */
  private sums(): void {
    this.addSql(`
      alter table amount_rollup add column cost_unknown text, add column charge_unknown text, drop constraint amount_rollup_unique,
        add constraint amount_rollup_unique unique nulls not distinct
          (tenant_id, period, day, scope_id, kind, unit, cost_currency, charge_currency, cost_unknown, charge_unknown)`);
    this.addSql(`delete from amount_rollup where cost_currency is null or charge_currency is null`);
    this.addSql(`
      insert into amount_rollup (tenant_id, period, day, scope_id, kind, unit, cost_currency, charge_currency, cost_unknown, charge_unknown,
        messages, units, included, cost_micros, charge_micros, without_cost, without_charge)
      select tenant_id, period, day, scope_id, kind, coalesce(charge_unit, cost_unit), cost_currency, charge_currency, cost_unknown,
        charge_unknown, count(*) filter (where kind = 'estimated'), sum(units), sum(included), sum(cost_micros), sum(charge_micros),
        sum(without_cost), sum(without_charge)
      from billing_amount join billing_basis as basis on basis.id = basis_id where cost_currency is null or charge_currency is null
      group by tenant_id, period, day, scope_id, kind, coalesce(charge_unit, cost_unit), cost_currency, charge_currency, cost_unknown,
        charge_unknown`);
    this.addSql(`
      create index amount_rollup_unpriced on amount_rollup (day, scope_id) where without_cost <> 0 or without_charge <> 0`);
  }
}
