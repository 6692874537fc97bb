/** Budgets with what is used of them, and the messages that have reserved some. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { MESSAGES, quoted, SETTLED, WAITING } from '../../ledger/index.js';
import type { Language, NoticeTargets } from '../../notices/index.js';
import { BILLED_TENANTS, TimeZones, type Category } from '../../tenants/index.js';
import type { Measure } from './budget.rules.js';

/** A budget in its present month. Messages and micros are whole numbers as text. */
export interface BudgetRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly tenant_name: string;
  readonly measure: Measure;
  /** Null: as much as it likes. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly hard: boolean;
  readonly exempt: readonly Category[];
  readonly stopped_at: string | null;
  /** What the smallest of the stopped messages needs; null where they are to be tried whatever is left. */
  readonly stopped_needs: string | null;
  /** The first day of the month, in the tenant's zone. */
  readonly month: string;
  /** By messages that a provider has taken. */
  readonly used: string;
  /** By messages that are being sent, or are not counted yet. */
  readonly reserved: string;
  readonly notify_emails: readonly string[];
  readonly notify_url: string | null;
  readonly notify_language: Language;
}

/** What a message reserves, named as the columns of `budget_reservation`. */
export interface NewReservation {
  readonly message_id: string;
  readonly tenant_id: string;
  readonly month: string;
  readonly channel: string;
  readonly segments: number;
  readonly micros: string;
  readonly currency: string | null;
}

/** What a budget is to be. */
export interface NewBudget {
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

/** Events after which a message is counted, or was certainly not sent. */
const ENDS = quoted(['sent', ...SETTLED, 'deferred', 'diverted']);

/** Parameters: zones that the database does not know and what it takes for them; messages whose reservations do not count. */
const BUDGETS = `(
  select budget.*, tenant.name as tenant_name, month::text as month,
    case measure
      when 'messages' then (
        select coalesce(sum(messages), 0) from usage_rollup
        where tenant_id = budget.tenant_id and day >= month and day < month + interval '1 month')
      else (
        select coalesce(sum(charge_micros), 0) from amount_rollup
        where tenant_id = budget.tenant_id and period = month and kind not in ('rent', 'credit') and charge_currency = budget.currency)
    end::text as used,
    (select coalesce(sum(case measure when 'messages' then 1 else micros end), 0) from budget_reservation as held
     where held.tenant_id = budget.tenant_id and held.month = zone.month and message_id <> all($3)
       and (measure = 'messages' or held.currency = budget.currency))::text as reserved
  from budget
  join ${BILLED_TENANTS} as tenant on tenant.id = tenant_id
  left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = timezone
  cross join lateral (
    select date_trunc('month', now() at time zone coalesce(substitute.zone, timezone))::date as month) as zone)`;

@Injectable()
export class BudgetStore {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** Tenants whose messages may have to wait. */
  async hardTenants(): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(
      `select distinct tenant_id as id from budget where hard and amount is not null`,
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** What is used is exact until the transaction ends, but for what was sent without a reservation. */
  async lock(tenantIds: readonly string[]): Promise<void> {
    await this.database.query(`select from budget where tenant_id = any($1) order by id for update`, [tenantIds]);
  }

  /** The budgets of these tenants. Reservations of the messages named are left out. */
  of(tenantIds: readonly string[], messageIds: readonly string[] = []): Promise<BudgetRow[]> {
    return this.read('tenant_id = any($4)', messageIds, [tenantIds]);
  }

  withIds(ids: readonly string[]): Promise<BudgetRow[]> {
    return this.read('id = any($4)', [], [ids]);
  }

  /** Budgets that have stopped messages. */
  stopped(): Promise<BudgetRow[]> {
    return this.read('stopped_at is not null', [], []);
  }

  /** Units that messages with a reservation will have used, by tenant and channel, but for those named. */
  reservedUnits(
    tenantIds: readonly string[],
    messageIds: readonly string[],
  ): Promise<{ tenant_id: string; channel: string; messages: number; segments: number }[]> {
    return this.database.query(
      `select tenant_id, channel, count(*)::int as messages, sum(segments)::int as segments from budget_reservation
       where tenant_id = any($1) and message_id <> all($2) group by tenant_id, channel`,
      [tenantIds, messageIds],
    );
  }

  /** A message has one reservation, that of its last attempt. */
  async reserve(reservations: readonly NewReservation[]): Promise<void> {
    if (reservations.length === 0) return;
    await this.database.query(
      `insert into budget_reservation (message_id, tenant_id, month, channel, segments, micros, currency)
       select * from jsonb_to_recordset($1::jsonb) as row (message_id uuid, tenant_id uuid, month date, channel text, segments int, micros bigint,
         currency text)
       on conflict (message_id) do update set month = excluded.month, channel = excluded.channel, segments = excluded.segments,
         micros = excluded.micros, currency = excluded.currency, tx = excluded.tx, reserved_at = excluded.reserved_at`,
      [JSON.stringify(reservations)],
    );
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
   * Ends reservations of messages that these events say are counted, or were not sent. A reservation of a later attempt has a later
   * transaction, and stays.
   */
  async settle(events: string): Promise<void> {
    await this.database.query(
      `delete from budget_reservation as held using ${events} as event
       where held.message_id = event.message_id and event.kind in (${ENDS}) and event.tx > held.tx`,
    );
  }

  /** Ends reservations that a drain made after it had lost its messages to another: no event will. */
  async forgetLost(): Promise<void> {
    await this.database.query(
      `delete from budget_reservation as held where reserved_at < now() - interval '1 hour' and not exists (
         select from ${MESSAGES} as message
         where message.id = message_id and message.status in (${quoted([...WAITING, 'sending', 'unknown'])}))`,
    );
  }

  /** Records each of these shares of a budget, in percent, that is used: once a month. Answers those that are new. */
  warn(percents: readonly number[]): Promise<Reached[]> {
    return this.database.query<Reached>(
      `insert into budget_warning (budget_id, month, percent)
       select id, month::date, percent from ${BUDGETS} as budget, unnest($4::int[]) as percent
       where used::numeric * 100 >= amount::numeric * percent or (percent = 100 and hard and stopped_at is not null)
       on conflict do nothing returning budget_id, percent`,
      [...this.zones(), [], percents],
    );
  }

  /** The shares of budgets that their months have reached, the lowest first. */
  warnings(budgets: readonly BudgetRow[]): Promise<(Reached & { readonly reached_at: string })[]> {
    return this.database.query(
      `select budget_id, percent, reached_at from budget_warning
       where (budget_id, month) in (select * from unnest($1::uuid[], $2::date[])) order by percent`,
      [budgets.map(({ id }) => id), budgets.map(({ month }) => month)],
    );
  }

  /** Puts a tenant's budget in place of the one it had. What waits is tried again. */
  async put(tenantId: string, { measure, amount, currency, hard, exempt, notify }: NewBudget): Promise<void> {
    await this.database.query(
      `insert into budget (tenant_id, measure, amount, currency, hard, exempt, notify_emails, notify_url, notify_language)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant_id, measure) do update set amount = excluded.amount, currency = excluded.currency, hard = excluded.hard,
         exempt = excluded.exempt, notify_emails = excluded.notify_emails, notify_url = excluded.notify_url,
         notify_language = excluded.notify_language, stopped_needs = null, updated_at = now()`,
      [tenantId, measure, amount, currency, hard, exempt, notify.emails, notify.url, notify.language],
    );
  }

  private read(condition: string, messageIds: readonly string[], values: readonly unknown[]): Promise<BudgetRow[]> {
    return this.database.query<BudgetRow>(
      `select id, tenant_id, tenant_name, measure, amount::text, currency, hard, exempt, stopped_at, stopped_needs::text, month, used, reserved,
         notify_emails, notify_url, notify_language
       from ${BUDGETS} as budget where ${condition} order by tenant_id, measure`,
      [...this.zones(), messageIds, ...values],
    );
  }

  private zones(): [zones: string[], substitutes: string[]] {
    const { substituted } = this.timeZones;
    return [substituted.map(([zone]) => zone), substituted.map(([, substitute]) => substitute)];
  }
}
