/** Budgets with what is used of them, what they have stopped, and what they have warned of. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Language, NoticeTargets } from '../../notices/index.js';
import { TENANTS, TimeZones, type Category } from '../../tenants/index.js';
import type { Measure } from './budget.rules.js';
import { BUDGETS, PRESENT_MONTH } from './budgets.sql.js';

/** A budget of a tenant's present month, or of a campaign. Messages and micros are whole numbers as text. */
export interface BudgetRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly tenant_name: string;
  /** Null: of all that the tenant sends in a month. */
  readonly campaign_id: string | null;
  readonly measure: Measure;
  /** Null: as much as it likes. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly hard: boolean;
  readonly exempt: readonly Category[];
  readonly stopped_at: string | null;
  /** What the smallest of the stopped messages needs; null where they are to be tried whatever is left. */
  readonly stopped_needs: string | null;
  /** The first day of the tenant's present month, in its zone. */
  readonly month: string;
  /** By messages that a provider has taken. */
  readonly used: string;
  /** By messages that are being sent, or are not counted yet. */
  readonly reserved: string;
  readonly notify_emails: readonly string[];
  readonly notify_url: string | null;
  readonly notify_language: Language;
}

/** Whose budgets are asked for. */
export interface BudgetsOf {
  readonly tenantIds: readonly string[];
  readonly campaignIds: readonly string[];
}

/** What a budget is to be: of a campaign, or of a tenant's months. */
export interface NewBudget {
  readonly campaignId: string | null;
  readonly measure: Measure;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly hard: boolean;
  readonly exempt: readonly Category[];
  /** Who is told of its warnings. */
  readonly notify: NoticeTargets;
}

export interface Reached {
  readonly budget_id: string;
  readonly percent: number;
}

/** Whose messages may have to wait: of tenants all, or those of campaigns. */
export interface HardBudgets {
  readonly tenants: ReadonlySet<string>;
  readonly campaigns: ReadonlySet<string>;
}

@Injectable()
export class BudgetStore {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** Tenants, and campaigns, whose messages may have to wait. Read from an index alone. */
  async hard(): Promise<HardBudgets> {
    const rows = await this.database.query<{ tenant_id: string; campaign_id: string | null }>(
      `select tenant_id, campaign_id from budget where hard and amount is not null`,
    );
    return {
      tenants: new Set(rows.flatMap((row) => (row.campaign_id === null ? [row.tenant_id] : []))),
      campaigns: new Set(rows.flatMap((row) => row.campaign_id ?? [])),
    };
  }

  /** What is used is exact until the transaction ends, but for what was sent without a reservation. */
  async lock({ tenantIds, campaignIds }: BudgetsOf): Promise<void> {
    await this.database.query(
      `select from budget where tenant_id = any($1) and (campaign_id is null or campaign_id = any($2)) order by id for update`,
      [tenantIds, campaignIds],
    );
  }

  /** The budgets of these tenants' months, and of these campaigns of theirs. */
  of({ tenantIds, campaignIds }: BudgetsOf): Promise<BudgetRow[]> {
    return this.read('tenant_id = any($3) and (campaign_id is null or campaign_id = any($4))', [
      tenantIds,
      campaignIds,
    ]);
  }

  withIds(ids: readonly string[]): Promise<BudgetRow[]> {
    return this.read('id = any($3)', [ids]);
  }

  /** Budgets that have stopped messages: all, or those of a tenant and its campaigns. */
  stopped(tenantId?: string): Promise<BudgetRow[]> {
    return this.read('stopped_at is not null and ($3::uuid is null or tenant_id = $3)', [tenantId ?? null]);
  }

  /** How many have stopped messages, of all tenants. */
  async countStopped(): Promise<number> {
    const [stopped] = await this.database.query<{ budgets: number }>(
      `select count(*)::int as budgets from budget where stopped_at is not null`,
    );
    return stopped?.budgets ?? 0;
  }

  /** The first day of a tenant's present month, in its zone. */
  async presentMonth(tenantId: string): Promise<string> {
    const [row] = await this.database.query<{ month: string }>(
      `select ${PRESENT_MONTH}::text as month from ${TENANTS} as tenant
       left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = timezone where tenant.id = $3`,
      [...this.zones(), tenantId],
    );
    if (!row) throw new Error('a tenant has a month');
    return row.month;
  }

  /** Records what was needed of budgets that had no room. */
  async stop(needs: ReadonlyMap<string, bigint>): Promise<void> {
    if (needs.size === 0) return;
    await this.database.query(
      `update budget set stopped_at = coalesce(stopped_at, clock_timestamp()), stopped_needs = need
       from unnest($1::uuid[], $2::bigint[]) as lacking (id, need) where budget.id = lacking.id`,
      [[...needs.keys()], [...needs.values()].map(String)],
    );
  }

  async goOn(budgetIds: readonly string[]): Promise<void> {
    await this.database.query(`update budget set stopped_at = null, stopped_needs = null where id = any($1)`, [
      budgetIds,
    ]);
  }

  /**
   * Records each of these shares of a budget, in percent, that is used: once a month, or once in a campaign. Answers those that are new.
   * Budgets of which nothing has changed for a day are left out.
   */
  warn(percents: readonly number[]): Promise<Reached[]> {
    return this.database.query<Reached>(
      `insert into budget_warning (budget_id, month, percent)
       select id, case when campaign_id is null then month::date end, percent from ${BUDGETS} as budget, unnest($3::int[]) as percent
       where (greatest(moved_at, updated_at) > now() - interval '1 day' or stopped_at is not null)
         and (used::numeric * 100 >= amount::numeric * percent or (percent = 100 and hard and amount is not null and stopped_at is not null))
       on conflict do nothing returning budget_id, percent`,
      [...this.zones(), percents],
    );
  }

  /** The shares of budgets that their months, or campaigns, have reached, the lowest first. */
  warnings(budgets: readonly BudgetRow[]): Promise<(Reached & { readonly reached_at: string })[]> {
    return this.database.query(
      `select warning.budget_id, percent, reached_at
       from budget_warning as warning join unnest($1::uuid[], $2::date[]) as asked (budget_id, month) on asked.budget_id = warning.budget_id
       where warning.month = asked.month or warning.month is null order by percent`,
      [budgets.map(({ id }) => id), budgets.map(({ month }) => month)],
    );
  }

  /** Puts a budget in place of the one of its measure. What waits is tried again. */
  async put(
    tenantId: string,
    { campaignId, measure, amount, currency, hard, exempt, notify }: NewBudget,
  ): Promise<void> {
    await this.database.query(
      `insert into budget (tenant_id, campaign_id, measure, amount, currency, hard, exempt, notify_emails, notify_url, notify_language)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict on constraint budget_unique do update set amount = excluded.amount, currency = excluded.currency, hard = excluded.hard,
         exempt = excluded.exempt, notify_emails = excluded.notify_emails, notify_url = excluded.notify_url,
         notify_language = excluded.notify_language, stopped_needs = null, updated_at = now()`,
      [tenantId, campaignId, measure, amount, currency, hard, exempt, notify.emails, notify.url, notify.language],
    );
  }

  /** Takes the limits of a campaign's other measures away. What waits is tried again. */
  async lift(tenantId: string, campaignId: string, but: readonly Measure[]): Promise<void> {
    await this.database.query(
      `update budget set amount = null, stopped_needs = null, updated_at = now()
       where tenant_id = $1 and campaign_id = $2 and measure <> all($3) and amount is not null`,
      [tenantId, campaignId, but],
    );
  }

  private read(condition: string, values: readonly unknown[]): Promise<BudgetRow[]> {
    return this.database.query<BudgetRow>(
      `select id, tenant_id, tenant_name, campaign_id, measure, amount::text, currency, hard, exempt, stopped_at, stopped_needs::text, month, used,
         reserved, notify_emails, notify_url, notify_language
       from ${BUDGETS} as budget where ${condition} order by tenant_id, campaign_id, measure`,
      [...this.zones(), ...values],
    );
  }

  private zones(): [zones: string[], substitutes: string[]] {
    const { substituted } = this.timeZones;
    return [substituted.map(([zone]) => zone), substituted.map(([, substitute]) => substitute)];
  }
}
