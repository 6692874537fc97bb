/** Counts usage and amounts again from their facts, to compare the sums with them or to write these anew. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { EventConsumers } from '../../ledger/index.js';
import { BudgetUses } from '../budgets/budget-uses.js';
import { SUM_KEY, SUMS, WITH_UNIT } from '../amounts/amount-store.js';
import { UsageFacts } from './usage-facts.js';
import { COUNTS, rowsOf, type RollupRow } from './usage-rollup.js';
import { UsageScopes } from './usage-scopes.js';

/** Whole days, in each tenant's zone. */
export interface Days {
  /** All tenants if undefined. */
  readonly tenantId: string | undefined;
  /** `2026-11-01` */
  readonly from: string;
  /** The first that is not among them. */
  readonly to: string;
}

/** Sums that differ from their facts. */
export interface Differences {
  readonly usage: number;
  readonly amounts: number;
  /** Of what months have used of budgets, in all months of these tenants. */
  readonly budgets: number;
}

/** No zone's day begins or ends further from Greenwich's. */
const ZONES_MS = 24 * 3_600_000;

const COUNTS_KEY = 'tenant_id, day, scope_id';
const AMOUNT_SUMS = 'messages, units, included, cost_micros, charge_micros, without_cost, without_charge';

/** Days are \`$1\` to \`$2\`, of the tenant \`$3\`. */
const OF_DAYS = 'day >= $1::date and day < $2::date and ($3::uuid is null or tenant_id = $3)';
const RECOUNTED = `select ${COUNTS_KEY}, ${COUNTS.join(', ')} from jsonb_to_recordset($4::jsonb) as row (tenant_id uuid, day date, scope_id int,
  ${COUNTS.map((name) => `${name} bigint`).join(', ')})`;
const WITH_COUNTS = COUNTS.map((name) => `${name} <> 0`).join(' or ');
const SUMMED = `select ${SUM_KEY}, ${SUMS}
  from billing_amount join ${WITH_UNIT} as basis on basis.id = basis_id where ${OF_DAYS} group by ${SUM_KEY}`;

@Injectable()
export class UsageRecount {
  constructor(
    private readonly database: Database,
    private readonly consumers: EventConsumers,
    private readonly facts: UsageFacts,
    private readonly scopes: UsageScopes,
    private readonly uses: BudgetUses,
  ) {}

  /** How many sums of these days differ from their facts. Usage waits meanwhile. */
  differences(days: Days): Promise<Differences> {
    return this.database.transaction(async () => {
      const rows = await this.recounted(days);
      const counts = `select ${COUNTS_KEY}, ${COUNTS.join(', ')} from usage_rollup where ${OF_DAYS} and (${WITH_COUNTS})`;
      const amounts = `select ${SUM_KEY}, ${AMOUNT_SUMS} from amount_rollup where ${OF_DAYS}`;
      return {
        usage: await this.count(COUNTS_KEY, [counts, RECOUNTED], [...valuesOf(days), JSON.stringify(rows)]),
        amounts: await this.count(SUM_KEY, [amounts, SUMMED], valuesOf(days)),
        budgets: await this.uses.differences(days.tenantId),
      };
    });
  }

  /** Writes the sums of these days anew from their facts. Usage waits meanwhile. */
  rebuild(days: Days): Promise<void> {
    return this.database.transaction(async () => {
      const rows = await this.recounted(days);
      await this.database.query(`delete from usage_rollup where ${OF_DAYS}`, valuesOf(days));
      await this.database.query(
        `insert into usage_rollup (${COUNTS_KEY}, ${COUNTS.join(', ')}) ${RECOUNTED.replace('$4', '$1')}`,
        [JSON.stringify(rows)],
      );
      await this.database.query(`delete from amount_rollup where ${OF_DAYS}`, valuesOf(days));
      await this.database.query(`insert into amount_rollup (${SUM_KEY}, ${AMOUNT_SUMS}) ${SUMMED}`, valuesOf(days));
      await this.uses.recount(days.tenantId);
    });
  }

  private async recounted({ tenantId, from, to }: Days): Promise<RollupRow[]> {
    const first = new Date(Date.parse(from) - ZONES_MS);
    const end = new Date(Date.parse(to) + ZONES_MS);
    const taken = await this.consumers.takenBy('usage', first, end);
    const events = tenantId === undefined ? taken : `(select * from ${taken} as taken where tenant_id = '${tenantId}')`;
    const groups = (await this.facts.counted(events)).filter(({ day }) => day >= from && day < to);
    return rowsOf(groups, await this.scopes.idsOf(groups));
  }

  /** Of how many keys two relations say different things. */
  private async count(
    key: string,
    [one, other]: readonly [string, string],
    values: readonly unknown[],
  ): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::int as count from (
         select distinct ${key} from (((${one}) except (${other})) union all ((${other}) except (${one}))) as different) as keys`,
      values,
    );
    return row?.count ?? 0;
  }
}

const valuesOf = ({ from, to, tenantId }: Days): unknown[] => [from, to, tenantId ?? null];
