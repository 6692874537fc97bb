/** Daily caps with what the tenant's day has used of them, and what they have stopped. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Language, NoticeTargets } from '../../notices/index.js';
import { BILLED_TENANTS, TimeZones, type Channel } from '../../tenants/index.js';
import type { CappedCategory } from './daily-cap.rules.js';

export interface CapRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly tenant_name: string;
  readonly channel: Channel;
  readonly category: CappedCategory;
  /** Null: as many as it likes. */
  readonly messages: number | null;
  readonly by_admin: boolean;
  /** The tenant's present day, in its zone. */
  readonly today: string;
  /** On that day. */
  readonly used: number;
  readonly stopped_at: string | null;
  readonly notify_emails: readonly string[];
  readonly notify_url: string | null;
  readonly notify_language: Language;
}

export interface NewCap {
  readonly channel: Channel;
  readonly category: CappedCategory;
  readonly messages: number | null;
  readonly byAdmin: boolean;
  readonly notify: NoticeTargets;
}

/** Parameters: zones that the database does not know, and what it takes for them. */
const CAPS = `
  select cap.id, cap.tenant_id, tenant.name as tenant_name, channel, category, messages, by_admin, zone.today::text as today,
    case when day = zone.today then used else 0 end as used, stopped_at, notify_emails, notify_url, notify_language
  from daily_cap as cap
  join ${BILLED_TENANTS} as tenant on tenant.id = cap.tenant_id
  left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = timezone
  cross join lateral (select (clock_timestamp() at time zone coalesce(substitute.zone, timezone))::date as today) as zone`;

@Injectable()
export class DailyCapStore {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** Tenants with a cap. */
  async tenants(): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ tenant_id: string }>(
      `select distinct tenant_id from daily_cap where messages is not null`,
    );
    return new Set(rows.map(({ tenant_id: id }) => id));
  }

  /** The caps of these tenants, which stay as they are until the transaction ends. */
  async lock(tenantIds: readonly string[]): Promise<CapRow[]> {
    await this.database.query(`select from daily_cap where tenant_id = any($1) order by id for update`, [tenantIds]);
    return this.of(tenantIds);
  }

  of(tenantIds: readonly string[]): Promise<CapRow[]> {
    return this.read('cap.tenant_id = any($3) order by cap.tenant_id, channel, category', [tenantIds]);
  }

  /** Those that have stopped messages, of all tenants. */
  stopped(): Promise<CapRow[]> {
    return this.read('stopped_at is not null', []);
  }

  /** Adds to what a day has used. Hold the caps. */
  async count(
    counts: readonly { readonly id: string; readonly day: string; readonly messages: number }[],
  ): Promise<void> {
    if (counts.length === 0) return;
    await this.database.query(
      `update daily_cap set day = counted.day, used = counted.messages + case when daily_cap.day = counted.day then used else 0 end
       from jsonb_to_recordset($1::jsonb) as counted (id uuid, day date, messages int) where daily_cap.id = counted.id`,
      [JSON.stringify(counts)],
    );
  }

  async stop(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `update daily_cap set stopped_at = coalesce(stopped_at, clock_timestamp()) where id = any($1)`,
      [ids],
    );
  }

  async goOn(ids: readonly string[]): Promise<void> {
    await this.database.query(`update daily_cap set stopped_at = null where id = any($1)`, [ids]);
  }

  /** Which of these are told of on their tenant's day for the first time. */
  async tell(caps: readonly CapRow[]): Promise<ReadonlySet<string>> {
    const told = await this.database.query<{ id: string }>(
      `update daily_cap set told_on = asked.day from unnest($1::uuid[], $2::date[]) as asked (id, day)
       where daily_cap.id = asked.id and told_on is distinct from asked.day returning daily_cap.id`,
      [caps.map(({ id }) => id), caps.map(({ today }) => today)],
    );
    return new Set(told.map(({ id }) => id));
  }

  /** Puts a cap in place of the one of its channel and category. What the day has used stays. */
  async put(tenantId: string, { channel, category, messages, byAdmin, notify }: NewCap): Promise<void> {
    await this.database.query(
      `insert into daily_cap (tenant_id, channel, category, messages, by_admin, day, notify_emails, notify_url, notify_language)
       values ($1, $2, $3, $4, $5, '-infinity', $6, $7, $8)
       on conflict on constraint daily_cap_unique do update set messages = excluded.messages, by_admin = excluded.by_admin,
         notify_emails = excluded.notify_emails, notify_url = excluded.notify_url, notify_language = excluded.notify_language`,
      [tenantId, channel, category, messages, byAdmin, notify.emails, notify.url, notify.language],
    );
  }

  /** How many have stopped messages, of all tenants. */
  async countStopped(): Promise<number> {
    const [row] = await this.database.query<{ caps: number }>(
      `select count(*)::int as caps from daily_cap where stopped_at is not null`,
    );
    return row?.caps ?? 0;
  }

  private read(condition: string, values: readonly unknown[]): Promise<CapRow[]> {
    const zones = this.timeZones.substituted;
    return this.database.query<CapRow>(`${CAPS} where ${condition}`, [
      zones.map(([zone]) => zone),
      zones.map(([, substitute]) => substitute),
      ...values,
    ]);
  }
}
