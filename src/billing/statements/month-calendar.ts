/** Which month of a tenant is closed next, when that ends and when its statement is due: all by the zones and the clock of the database. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, instant, type ReadyConfig } from '../../kernel/index.js';
import { BILLED_TENANTS, TimeZones } from '../../tenants/index.js';

/** The next month of a tenant that is to be closed. */
export interface OpenMonth {
  readonly tenantId: string;
  readonly tenantName: string;
  /** The tenant's own now, in which the month is told. */
  readonly timezone: string;
  /** Such as `2026-10`. */
  readonly month: string;
  /** Its first moment, and the first after it. */
  readonly from: Date;
  readonly until: Date;
  /** When it is closed by itself. */
  readonly closesAt: Date;
  readonly isOver: boolean;
  /** In whole milliseconds. */
  readonly now: Date;
}

export interface Overdue {
  /** One of each tenant, the next that is to be closed. */
  readonly months: number;
  readonly seconds: number;
}

interface Row {
  readonly tenant_id: string;
  readonly tenant_name: string;
  readonly timezone: string;
  readonly month: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly closes_at: string;
  readonly is_over: boolean;
  readonly now: string;
}

/** A moment for the database's clock: `at` where a test tells the time. */
const NOW = 'coalesce($3::timestamptz, clock_timestamp())';

/**
 * Parameters: zones that the database does not know and what it takes for them; the time, if not now; the grace in days; the month with
 * which a tenant begins that has nothing to bill yet, if it is to begin. A tenant's first month is that of its first amount.
 */
const OPEN_MONTHS = `
  select tenant.id as tenant_id, tenant.name as tenant_name, tenant.timezone, to_char(month, 'YYYY-MM') as month, starts_at, ends_at,
    ends_at + $4::int * interval '24 hours' as closes_at, ends_at <= ${NOW} as is_over,
    date_trunc('milliseconds', ${NOW}) as now
  from ${BILLED_TENANTS} as tenant
  left join billing_close on billing_close.tenant_id = tenant.id
  left join unnest($1::text[], $2::text[]) as substitute (of, known) on substitute.of = tenant.timezone
  cross join lateral (select coalesce(substitute.known, tenant.timezone) as zone) as local
  cross join lateral (
    select coalesce(
      closed_through + interval '1 month',
      (select period::timestamp from amount_rollup where amount_rollup.tenant_id = tenant.id order by period limit 1),
      greatest($5::date, date_trunc('month', tenant.created_at at time zone zone))) as month
    where $5::date is not null or closed_through is not null
      or exists (select from amount_rollup where amount_rollup.tenant_id = tenant.id)) as next
  cross join lateral (
    select month at time zone zone as starts_at, (month + interval '1 month') at time zone zone as ends_at) as bounds`;

/** Months read at a time. */
const PAGE = 100;

@Injectable()
export class MonthCalendar {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** A tenant's next month; `first` where it has none, or the month of its making if that is later. */
  async openMonth(tenantId: string, first: string, at?: Date): Promise<OpenMonth> {
    const [row] = await this.read(`${OPEN_MONTHS} where tenant.id = $6`, [`${first}-01`, tenantId], at);
    if (!row) throw new Error('a tenant that is named has an open month');
    return row;
  }

  /** Some months that are due, the oldest first, without those of some tenants. */
  due(except: readonly string[], at?: Date): Promise<OpenMonth[]> {
    const isDue = `ends_at + $4::int * interval '24 hours' <= ${NOW}`;
    return this.read(
      `${OPEN_MONTHS} where ${isDue} and tenant.id <> all($6::uuid[]) order by ends_at, tenant.id limit ${PAGE}`,
      [null, except],
      at,
    );
  }

  /** The next month of each tenant that has one, by the tenant's id. */
  all(afterTenant: string | undefined, limit: number): Promise<OpenMonth[]> {
    return this.read(`${OPEN_MONTHS} where ($6::uuid is null or tenant.id > $6) order by tenant.id limit $7`, [
      null,
      afterTenant ?? null,
      limit,
    ]);
  }

  /** Months that should be closed by now: how many, and for how long the oldest has been due. */
  async overdue(): Promise<Overdue> {
    const { substituted } = this.timeZones;
    const [overdue] = await this.database.query<Overdue>(
      `select count(*)::int as months, coalesce(extract(epoch from clock_timestamp() - min(closes_at)), 0)::float8 as seconds
       from (${OPEN_MONTHS}) as open where closes_at <= clock_timestamp()`,
      [
        substituted.map(([zone]) => zone),
        substituted.map(([, substitute]) => substitute),
        null,
        this.config.statementGraceDays,
        null,
      ],
    );
    return overdue ?? { months: 0, seconds: 0 };
  }

  private async read(sql: string, parameters: readonly unknown[], at?: Date): Promise<OpenMonth[]> {
    const { substituted } = this.timeZones;
    const rows = await this.database.query<Row>(sql, [
      substituted.map(([zone]) => zone),
      substituted.map(([, substitute]) => substitute),
      at?.toISOString() ?? null,
      this.config.statementGraceDays,
      ...parameters,
    ]);
    return rows.map(openMonthOf);
  }
}

const openMonthOf = (row: Row): OpenMonth => ({
  tenantId: row.tenant_id,
  tenantName: row.tenant_name,
  timezone: row.timezone,
  month: row.month,
  from: instant(row.starts_at),
  until: instant(row.ends_at),
  closesAt: instant(row.closes_at),
  isOver: row.is_over,
  now: instant(row.now),
});
