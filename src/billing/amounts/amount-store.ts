/** Writes amounts: append-only facts, each the difference to what was known before, with their sums in the same statement. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { BudgetUses, type NewUse } from '../budgets/budget-uses.js';
import { idsOfCombinations, type CombinationTable } from '../combinations.js';
import { firstOf } from '../month.js';

/** What an amount was made by, named as the columns of `billing_basis`. */
export interface Basis {
  readonly cost_version_id: string | null;
  readonly cost_lines: readonly number[];
  readonly cost_unit: string | null;
  readonly cost_currency: string | null;
  /** Why no cost is known. */
  readonly cost_unknown: string | null;
  readonly charge_version_id: string | null;
  readonly charge_lines: readonly number[];
  readonly charge_unit: string | null;
  readonly charge_currency: string | null;
  readonly charge_unknown: string | null;
  /** The tenant's where no charge is known: whose price is lacking. */
  readonly plan: string | null;
}

/** What a tenant had used of its month on a channel and direction before the first of some messages, and what each of these uses. */
export interface Place {
  readonly used_messages: number;
  readonly used_segments: number;
  readonly used_minutes: number;
  readonly segments: number;
  readonly minutes: number;
}

export const AMOUNT_KINDS = ['estimated', 'reversed', 'rerated', 'final', 'rent', 'credit'] as const;
/**
 * `estimated`: by the price lists, when the provider had taken the message. `reversed` and `rerated`: an estimate without a price is
 * taken back, and another takes its place. `final`: a correction, by the provider's word. `rent`: of a number. `credit`: granted by an
 * operator.
 */
export type AmountKind = (typeof AMOUNT_KINDS)[number];

/** Amounts that are alike but for their message. Amounts of money are micros as text. */
export interface NewAmount {
  readonly tenant_id: string;
  readonly scope_id: number;
  readonly basis: Basis;
  readonly kind: AmountKind;
  /** `2026-11-29`: of what it is about, in the tenant's zone. */
  readonly day: string;
  /** The first day of the month in which it is billed. */
  readonly period: string;
  /** Which of the tenant's month the first unit of the first message is. */
  readonly first_unit: number;
  readonly units: number;
  readonly included: number;
  readonly cost_micros: string;
  readonly charge_micros: string;
  /** 1 where none is known, -1 where one has become known. */
  readonly without_cost: number;
  readonly without_charge: number;
  /** Where a price is not known: so that it can be told later by the same units. */
  readonly place?: Place;
  /** One amount each; null for one that is of no message. */
  readonly message_ids: readonly string[] | null;
  readonly number_id?: string;
  /** Of messages that follow those of a campaign, and are none of its own. */
  readonly root_campaign_id?: string | null;
}

/** SQL: what sums of amounts are kept by, and how the unit of one is told from its `billing_basis`. */
export const SUM_KEY =
  'tenant_id, period, day, scope_id, kind, unit, cost_currency, charge_currency, cost_unknown, charge_unknown';
export const WITH_UNIT = '(select *, coalesce(charge_unit, cost_unit) as unit from billing_basis)';
/** How many messages an amount of a kind adds. */
const MESSAGES = `case when kind in ('estimated', 'rerated') then 1 when kind = 'reversed' then -1 else 0 end`;
export const SUMS = `sum(${MESSAGES}) as messages, sum(units) as units, sum(included) as included,
  sum(cost_micros) as cost_micros, sum(charge_micros) as charge_micros, sum(without_cost) as without_cost,
  sum(without_charge) as without_charge`;

/** Sums of amounts: a relation for other modules' statements. */
export const AMOUNTS = `(
  select amount.tenant_id, day, kind, cost_currency, charge_currency, cost_micros, charge_micros, without_cost, without_charge,
    venue_id, channel, category, type, campaign_id, template_id, provider, country, direction
  from amount_rollup as amount join usage_scope on usage_scope.id = scope_id)`;

/** Parameters: amounts, each with how many there are of it; the messages, and the place of each one's amount and its number among them. */
const WRITE = `
  with amount as materialized (
    select * from jsonb_to_recordset($1::jsonb) as amount (place int, tenant_id uuid, scope_id int, basis_id int, kind text, day date,
      period date, first_unit bigint, units int, included int, cost_micros bigint, charge_micros bigint, without_cost smallint,
      without_charge smallint, number_id uuid, used_messages int, used_segments int, used_minutes int, segments int, minutes int,
      is_message boolean, count int)
  ), written as (
    insert into billing_amount (tenant_id, message_id, number_id, scope_id, basis_id, kind, day, period, first_unit, units, included,
      cost_micros, charge_micros, without_cost, without_charge, used_messages, used_segments, used_minutes)
    select tenant_id, message.id, number_id, scope_id, basis_id, kind, day, period, first_unit + units * coalesce(nth, 0), units, included,
      cost_micros, charge_micros, without_cost, without_charge, used_messages + nth, used_segments + segments * nth,
      used_minutes + minutes * nth
    from amount left join unnest($2::uuid[], $3::int[], $4::int[]) as message (id, place, nth) on message.place = amount.place
    where is_message = (message.id is not null)
  )
  insert into amount_rollup as rollup (${SUM_KEY},
    messages, units, included, cost_micros, charge_micros, without_cost, without_charge)
  select ${SUM_KEY}, sum(${MESSAGES} * count), sum(units * count), sum(included * count), sum(cost_micros * count),
    sum(charge_micros * count), sum(without_cost * count), sum(without_charge * count)
  from amount join ${WITH_UNIT} as basis on basis.id = basis_id group by ${SUM_KEY}
  on conflict on constraint amount_rollup_unique do update set messages = rollup.messages + excluded.messages,
    units = rollup.units + excluded.units, included = rollup.included + excluded.included,
    cost_micros = rollup.cost_micros + excluded.cost_micros, charge_micros = rollup.charge_micros + excluded.charge_micros,
    without_cost = rollup.without_cost + excluded.without_cost, without_charge = rollup.without_charge + excluded.without_charge`;

const BASES: CombinationTable<Basis> = {
  name: 'billing_basis',
  columns: {
    cost_version_id: 'uuid',
    cost_lines: 'int[]',
    cost_unit: 'text',
    cost_currency: 'text',
    cost_unknown: 'text',
    charge_version_id: 'uuid',
    charge_lines: 'int[]',
    charge_unit: 'text',
    charge_currency: 'text',
    charge_unknown: 'text',
    plan: 'text',
  },
  usual: { plan: null },
};

@Injectable()
export class AmountStore {
  constructor(
    private readonly database: Database,
    private readonly uses: BudgetUses,
  ) {}

  /**
   * The month in which what is about a day is billed: its own, or the first that is open. Hold the cursor of `usage` (see
   * `EventConsumers`): a month that is closed meanwhile would have more than its statement.
   */
  async periods(tenantIds: readonly string[]): Promise<(tenantId: string, day: string) => string> {
    const closed = await this.database.query<{ tenant_id: string; next: string }>(
      `select tenant_id, (closed_through + interval '1 month')::date::text as next from billing_close where tenant_id = any($1)`,
      [[...new Set(tenantIds)]],
    );
    const open = new Map(closed.map(({ tenant_id, next }) => [tenant_id, next]));
    return (tenantId, day) => {
      const own = firstOf(day);
      const first = open.get(tenantId);
      return first !== undefined && first > own ? first : own;
    };
  }

  /** Writes amounts with their sums, and adds them to what is used of budgets. */
  async write(amounts: readonly NewAmount[]): Promise<void> {
    if (amounts.length === 0) return;
    const bases = await idsOfCombinations(
      this.database,
      BASES,
      amounts.map(({ basis }) => basis),
    );
    const rows = amounts.map(({ place: before, ...amount }, place) => ({
      ...amount,
      ...before,
      basis: undefined,
      message_ids: undefined,
      place,
      basis_id: bases[place],
      is_message: amount.message_ids !== null,
      count: amount.message_ids?.length ?? 1,
    }));
    const messages = amounts.flatMap(({ message_ids }, place) =>
      (message_ids ?? []).map((id, nth) => ({ id, place, nth })),
    );
    await this.database.query(WRITE, [
      JSON.stringify(rows),
      messages.map(({ id }) => id),
      messages.map(({ place }) => place),
      messages.map(({ nth }) => nth),
    ]);
    await this.uses.add(amounts.flatMap(useOf));
  }
}

/** Rents and credits use up no budget, and neither does what has no known charge. */
function useOf({ kind, basis, charge_micros: micros, message_ids: ids, ...amount }: NewAmount): NewUse[] {
  const { tenant_id, period: month, scope_id, root_campaign_id = null } = amount;
  const { charge_currency: currency } = basis;
  if (kind === 'rent' || kind === 'credit' || currency === null || micros === '0') return [];
  return [
    { tenant_id, month, currency, scope_id, root_campaign_id, used: String(BigInt(micros) * BigInt(ids?.length ?? 1)) },
  ];
}
