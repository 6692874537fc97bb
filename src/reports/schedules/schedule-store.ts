/** Schedules of reports, as stored. When one is due is reckoned by the database, which also decides where days begin. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Language } from '../../notices/index.js';
import { BILLED_TENANTS, TimeZones } from '../../tenants/index.js';
import type { DimensionName } from '../report-dimensions.js';
import type { ReportFilter } from '../report-reader.js';
import type { ReportName } from '../report.js';
import type { Interval, SchedulePeriod } from './schedule.rules.js';

/** What a schedule says. */
export interface ScheduleTerms {
  readonly report: ReportName;
  readonly by: readonly DimensionName[];
  readonly filter: ReportFilter;
  readonly period: SchedulePeriod;
  readonly every: Interval;
  /** A weekday from 1, Monday, or a day of the month; 1 where it is every day. */
  readonly on: number;
  /** From 0 to 23, in the tenant's time zone. */
  readonly hour: number;
  readonly emails: readonly string[];
  readonly language: Language;
  readonly enabled: boolean;
}

/** Times are PostgreSQL text. */
export interface ScheduleRow extends ScheduleTerms {
  readonly id: string;
  readonly tenantId: string;
  /** Null while it is disabled. */
  readonly dueAt: string | null;
  readonly lastSentAt: string | null;
  readonly createdAt: string;
}

/** Where a schedule stands at a time. */
export interface Occurrence {
  readonly tenantName: string;
  /** The tenant's day when it was last due. */
  readonly lastDay: string;
  /** The tenant's today. */
  readonly today: string;
}

const COLUMNS = `id, tenant_id as "tenantId", report, breakdown as by, filter, period, every, day as on, hour, emails, language, enabled,
  due_at as "dueAt", last_sent_at as "lastSentAt", created_at as "createdAt"`;

/** A moment of the database's clock: `at` where a test tells the time. */
const NOW = 'coalesce($3::timestamptz, clock_timestamp())';

/**
 * Parameters: zones that the database does not know and what it takes for them; the time, if not now. The next time is a local one, put into
 * the zone anew each time: an hour that a spring leaves out is the one after it, and one that an autumn repeats is taken once.
 */
const OCCURRENCES = `(
  select schedule.id, tenant.name as tenant_name, tenant.timezone, next_local at time zone zone as next_at,
    (next_local - step)::date::text as last_day, (${NOW} at time zone zone)::date::text as today
  from report_schedule as schedule
  join ${BILLED_TENANTS} as tenant on tenant.id = schedule.tenant_id
  left join unnest($1::text[], $2::text[]) as substitute (of, known) on substitute.of = tenant.timezone
  cross join lateral (select coalesce(substitute.known, tenant.timezone) as zone, ('1 ' || every)::interval as step) as local
  cross join lateral (
    select date_trunc(every, ${NOW} at time zone zone)
      + make_interval(days => case every when 'day' then 0 else day - 1 end, hours => hour) as this_local) as this
  cross join lateral (
    select case when this_local at time zone zone > ${NOW} then this_local else this_local + step end as next_local) as next)`;

@Injectable()
export class ScheduleStore {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** Answers its id. It is due from `reckon` on. */
  async insert(tenantId: string, terms: ScheduleTerms): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      `insert into report_schedule (tenant_id, report, breakdown, filter, period, every, day, hour, emails, language, enabled, timezone)
       values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11, '') returning id`,
      [tenantId, ...valuesOf(terms)],
    );
    if (!row) throw new Error('an insert answers its row');
    return row.id;
  }

  async update(id: string, terms: ScheduleTerms): Promise<void> {
    await this.database.query(
      `update report_schedule set report = $2, breakdown = $3, filter = $4::jsonb, period = $5, every = $6, day = $7, hour = $8,
         emails = $9, language = $10, enabled = $11, updated_at = now() where id = $1`,
      [id, ...valuesOf(terms)],
    );
  }

  /** Whether there was one. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      `delete from report_schedule where id = $1 and tenant_id = $2 returning id`,
      [id, tenantId],
    );
    return rows.length > 0;
  }

  /** Locks it until the end of the transaction, if there is one. */
  async find(tenantId: string, id: string): Promise<ScheduleRow | undefined> {
    const [row] = await this.database.query<ScheduleRow>(
      `select ${COLUMNS} from report_schedule where id = $1 and tenant_id = $2 for no key update`,
      [id, tenantId],
    );
    return row;
  }

  /** Newest first, from before an id. */
  page(tenantId: string, before: string | undefined, limit: number): Promise<ScheduleRow[]> {
    return this.database.query<ScheduleRow>(
      `select ${COLUMNS} from report_schedule where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenantId, before ?? null, limit],
    );
  }

  /** Locks the one that is due for longest, of those in nobody else's hands. */
  async takeDue(passedOver: readonly string[], at: Date | undefined): Promise<ScheduleRow | undefined> {
    const [row] = await this.database.query<ScheduleRow>(
      `select ${COLUMNS} from report_schedule
       where due_at <= coalesce($1::timestamptz, clock_timestamp()) and id <> all($2::uuid[])
       order by due_at limit 1 for no key update skip locked`,
      [at ?? null, passedOver],
    );
    return row;
  }

  async occurrence(id: string, at: Date | undefined): Promise<Occurrence> {
    const [row] = await this.database.query<Occurrence>(
      `select tenant_name as "tenantName", last_day as "lastDay", today from ${OCCURRENCES} as occurrence where id = $4`,
      [...this.zones(at), id],
    );
    if (!row) throw new Error('a schedule has a tenant');
    return row;
  }

  /** It is due next after now, or never while it is disabled. */
  async reckon(id: string, at?: Date): Promise<void> {
    await this.database.query(
      `update report_schedule as schedule set timezone = occurrence.timezone, due_at = case when enabled then next_at end
       from ${OCCURRENCES} as occurrence where occurrence.id = schedule.id and schedule.id = $4`,
      [...this.zones(at), id],
    );
  }

  /** Those whose tenant has moved to another zone are due at their hour there. What is due already stays so. */
  async followZones(at: Date | undefined): Promise<void> {
    await this.database.query(
      `update report_schedule as schedule set timezone = occurrence.timezone, due_at = next_at
       from ${OCCURRENCES} as occurrence
       where occurrence.id = schedule.id and schedule.timezone <> occurrence.timezone and due_at > ${NOW}`,
      this.zones(at),
    );
  }

  async noteSent(id: string): Promise<void> {
    await this.database.query(`update report_schedule set last_sent_at = clock_timestamp() where id = $1`, [id]);
  }

  private zones(at: Date | undefined): [zones: string[], substitutes: string[], at: Date | null] {
    const { substituted } = this.timeZones;
    return [substituted.map(([zone]) => zone), substituted.map(([, substitute]) => substitute), at ?? null];
  }
}

const valuesOf = (terms: ScheduleTerms): unknown[] => [
  terms.report,
  terms.by,
  JSON.stringify(terms.filter),
  terms.period,
  terms.every,
  terms.on,
  terms.hour,
  terms.emails,
  terms.language,
  terms.enabled,
];
