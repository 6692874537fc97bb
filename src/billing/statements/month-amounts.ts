/** Reads what is billed in a month that is open, as the lines of its statement. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Category } from '../../tenants/index.js';
import type { Direction, PricedChannel, PriceUnit } from '../prices/price-line.js';
import type { OpenMonth } from './month-calendar.js';
import { totalsOf, type LineKind, type StatementLine } from './statement.js';

interface LineRow {
  readonly kind: LineKind;
  readonly month: string;
  readonly channel: PricedChannel;
  readonly direction: Direction;
  readonly category: Category;
  readonly country: string | null;
  readonly provider: string;
  readonly unit: PriceUnit | null;
  readonly currency: string | null;
  readonly messages: number;
  readonly units: number;
  readonly included: number;
  readonly charge_micros: string;
}

interface SumRow {
  readonly tenant_id: string;
  readonly charge_currency: string | null;
  readonly cost_currency: string | null;
  readonly charge_micros: string;
  readonly cost_micros: string;
  readonly without_charge: number;
  readonly without_cost: number;
}

export interface MonthSums {
  /** By currency. */
  readonly charges: { readonly currency: string; readonly micros: number }[];
  readonly costs: { readonly currency: string; readonly micros: number }[];
  /** Amounts of which none is known. */
  readonly withoutCharge: number;
  readonly withoutCost: number;
}

/** What is about a day before the month became known when its own was closed. Corrections of costs alone change no charge. */
const LINES = `
  select case when day < period then 'adjustment' when amount.kind = 'rent' then 'rent' else 'usage' end as kind,
    to_char(day, 'YYYY-MM') as month, channel, direction, category, country, provider, unit, charge_currency as currency,
    sum(messages)::float8 as messages, sum(units)::float8 as units, sum(included)::float8 as included,
    sum(charge_micros)::text as charge_micros
  from amount_rollup as amount join usage_scope on usage_scope.id = scope_id
  where amount.tenant_id = $1 and period = $2 and amount.kind <> 'credit'
  group by 1, 2, channel, direction, category, country, provider, unit, charge_currency
  having sum(messages) <> 0 or sum(units) <> 0 or sum(included) <> 0 or sum(charge_micros) <> 0`;

@Injectable()
export class MonthAmounts {
  constructor(private readonly database: Database) {}

  /**
   * The lines of a tenant's month, such as `2026-10`. Hold the cursor of `usage`. Raises an Error if they do not add up to the month's
   * amounts, to the micro.
   */
  async linesOf(tenantId: string, month: string): Promise<StatementLine[]> {
    const period = `${month}-01`;
    const [amounts, credits] = [
      await this.database.query<LineRow>(LINES, [tenantId, period]),
      await this.database.query<{ micros: string; currency: string; reason: string }>(
        `select micros::text, currency, reason from credit_note where tenant_id = $1 and period = $2`,
        [tenantId, period],
      ),
    ];
    const lines = [
      ...amounts.map(lineOf),
      ...credits.map(({ micros, currency, reason }) => ({
        ...NOTHING,
        month,
        chargeMicros: -BigInt(micros),
        currency,
        note: reason,
      })),
    ];
    await this.check(tenantId, period, lines);
    return lines;
  }

  /** What months of tenants, at most one of each, are charged and cost so far. */
  async sumsOf(months: readonly Pick<OpenMonth, 'tenantId' | 'month'>[]): Promise<(tenantId: string) => MonthSums> {
    const rows = await this.database.query<SumRow>(
      `select amount.tenant_id, charge_currency, cost_currency, sum(charge_micros)::text as charge_micros, sum(cost_micros)::text as cost_micros,
         sum(without_charge)::float8 as without_charge, sum(without_cost)::float8 as without_cost
       from unnest($1::uuid[], $2::date[]) as open (tenant_id, month)
       join amount_rollup as amount on amount.tenant_id = open.tenant_id and amount.period = open.month
       group by amount.tenant_id, charge_currency, cost_currency`,
      [months.map(({ tenantId }) => tenantId), months.map(({ month }) => `${month}-01`)],
    );
    const byTenant = Map.groupBy(rows, ({ tenant_id }) => tenant_id);
    return (tenantId) => monthSums(byTenant.get(tenantId) ?? []);
  }

  private async check(tenantId: string, period: string, lines: readonly StatementLine[]): Promise<void> {
    const sums = await this.database.query<{ currency: string; micros: string }>(
      `select charge_currency as currency, sum(charge_micros)::text as micros from amount_rollup
       where tenant_id = $1 and period = $2 and charge_currency is not null
       group by charge_currency having sum(charge_micros) <> 0 order by charge_currency collate "C"`,
      [tenantId, period],
    );
    const stated = totalsOf(lines).filter(({ sumMicros }) => sumMicros !== 0n);
    const [written, said] = [
      sums.map(({ currency, micros }) => `${currency} ${micros}`),
      stated.map(({ currency, sumMicros }) => `${currency} ${sumMicros}`),
    ];
    if (written.join() !== said.join()) throw new Error('The lines of a statement are not the sum of its amounts');
  }
}

const NOTHING = {
  kind: 'credit',
  channel: null,
  direction: null,
  category: null,
  country: null,
  provider: null,
  unit: null,
  messages: 0,
  units: 0,
  included: 0,
} as const satisfies Partial<StatementLine>;

function lineOf(row: LineRow): StatementLine {
  const { kind, month, channel, direction, country, provider, unit, messages, units, included, currency } = row;
  const isNumber = channel === 'number';
  return {
    kind,
    month,
    channel,
    direction: isNumber ? null : direction,
    category: isNumber || direction === 'inbound' ? null : row.category,
    country,
    provider,
    unit,
    messages,
    units,
    included,
    chargeMicros: currency === null ? null : BigInt(row.charge_micros),
    currency,
    note: null,
  };
}

const monthSums = (rows: readonly SumRow[]): MonthSums => ({
  charges: byCurrency(rows.map(({ charge_currency, charge_micros }) => [charge_currency, charge_micros])),
  costs: byCurrency(rows.map(({ cost_currency, cost_micros }) => [cost_currency, cost_micros])),
  withoutCharge: rows.reduce((sum, row) => sum + row.without_charge, 0),
  withoutCost: rows.reduce((sum, row) => sum + row.without_cost, 0),
});

function byCurrency(amounts: readonly (readonly [currency: string | null, micros: string])[]): MonthSums['charges'] {
  const sums = new Map<string, bigint>();
  for (const [currency, micros] of amounts) {
    if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(micros));
  }
  return [...sums]
    .map(([currency, micros]) => ({ currency, micros: Number(micros) }))
    .toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}
