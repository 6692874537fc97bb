/**
 * What has been used of what budgets may limit, as running figures: by each month of a tenant, and by each campaign with what follows its
 * messages. Whoever counts messages or writes amounts moves them in the same transaction, so that to read one costs the same whatever was sent.
 */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { FIGURE, figuresOf } from './budgets.sql.js';

/** What is added to a tenant's month, and to a campaign: that of the scope, or the one whose messages are followed. */
export interface NewUse {
  readonly tenant_id: string;
  /** The first day of the month. */
  readonly month: string;
  /** Null: messages, and not money. */
  readonly currency: string | null;
  readonly scope_id: number;
  readonly root_campaign_id: string | null;
  /** Messages, or micros as text. */
  readonly used: string;
}

/** Sums of the rollups that the figures of months must be equal to. Parameter: a tenant, or null for all. */
const SUMMED = `
  select tenant_id as scope_id, date_trunc('month', day)::date as month, null as currency, sum(messages)::bigint as used from usage_rollup
  where $1::uuid is null or tenant_id = $1 group by 1, 2
  union all
  select tenant_id, period, charge_currency, sum(charge_micros)::bigint from amount_rollup
  where ($1::uuid is null or tenant_id = $1) and kind not in ('rent', 'credit') and charge_currency is not null group by 1, 2, 3`;
/** Sums of reservations, of the same tenant. */
const HELD = `
  select ${FIGURE}, sum(amount) as amount from ${figuresOf('(select *, 1 as messages from budget_reservation)')} as figure
  where $1::uuid is null or scope_id = $1 group by ${FIGURE} having sum(amount) <> 0`;
const SAME_FIGURE = `use.scope_id = reserving.scope_id and use.month is not distinct from reserving.month
  and use.currency is not distinct from reserving.currency`;
const OF_MONTHS = `month is not null and ($1::uuid is null or scope_id = $1)`;

@Injectable()
export class BudgetUses {
  constructor(private readonly database: Database) {}

  /** Hold the cursor of `usage`: nobody else moves them. */
  async add(uses: readonly NewUse[]): Promise<void> {
    if (uses.length === 0) return;
    await this.database.query(
      `with use as materialized (
         select use.*, coalesce(scope.campaign_id, root_campaign_id) as campaign_id
         from jsonb_to_recordset($1::jsonb) as use (tenant_id uuid, month date, currency text, scope_id int, root_campaign_id uuid, used bigint)
         left join usage_scope as scope on scope.id = scope_id
       )
       insert into budget_use as known (scope_id, month, currency, used)
       select scope_id, month, currency, sum(used) from (
         select tenant_id as scope_id, month, currency, used from use
         union all
         select campaign_id, null, currency, used from use where campaign_id is not null) as part
       group by scope_id, month, currency having sum(used) <> 0
       on conflict on constraint budget_use_unique do update set used = known.used + excluded.used, moved_at = now()`,
      [JSON.stringify(uses)],
    );
  }

  /**
   * How many figures differ from the sums of what was counted, or of what is reserved: of a tenant's months, or of all tenants', and then
   * of what campaigns have reserved, too.
   */
  async differences(tenantId: string | undefined): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `with summed as (select * from (${SUMMED}) as summed where used <> 0),
       known as (select ${FIGURE}, used from budget_use where ${OF_MONTHS} and used <> 0),
       held as (${HELD}),
       reserved as (
         select reserving.scope_id, reserving.month, reserving.currency, (reserved - coalesce(released, 0))::numeric as amount
         from budget_reserving as reserving left join budget_use as use on ${SAME_FIGURE}
         where reserved <> coalesce(released, 0) and ($1::uuid is null or reserving.scope_id = $1))
       select count(*)::int as count from (
         select distinct ${FIGURE} from (
           ((table summed except table known) union all (table known except table summed))
           union all
           ((table held except table reserved) union all (table reserved except table held))) as different) as keys`,
      [tenantId ?? null],
    );
    return row?.count ?? 0;
  }

  /** Makes the figures anew from the sums of what was counted, and of what is reserved: those of months. What campaigns have used stays. */
  async recount(tenantId: string | undefined): Promise<void> {
    const tenant = [tenantId ?? null];
    await this.database.query(`update budget_use set used = 0 where ${OF_MONTHS}`, tenant);
    await this.database.query(
      `insert into budget_use (${FIGURE}, used) select * from (${SUMMED}) as summed where used <> 0
       on conflict on constraint budget_use_unique do update set used = excluded.used`,
      tenant,
    );
    await this.database.query(
      `insert into budget_use as use (${FIGURE}, released)
       select reserving.scope_id, reserving.month, reserving.currency, reserved - coalesce(held.amount, 0)
       from budget_reserving as reserving left join (${HELD}) as held on ${SAME_FIGURE.replaceAll('use.', 'held.')}
       where $1::uuid is null or reserving.scope_id = $1
       on conflict on constraint budget_use_unique do update set released = excluded.released`,
      tenant,
    );
  }
}
