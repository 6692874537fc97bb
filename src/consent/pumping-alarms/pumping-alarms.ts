/** Ranges of numbers to which a tenant seems to be made send texts for somebody's profit; those that are blocked stop at the gate. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { rangeIsAllowed } from './allowed-ranges.js';
import { eventsOf } from './pumping-events.js';

/** `adjacent_numbers`: far more in one range than elsewhere in its country. `costly_country`: far more than usual, where it is dear. */
export const PUMPING_REASONS = ['adjacent_numbers', 'costly_country'] as const;
export type PumpingReason = (typeof PUMPING_REASONS)[number];

export interface NewAlarm {
  readonly tenantId: string;
  /** E.164: the start of the numbers. */
  readonly prefix: string;
  readonly country: string | null;
  readonly reason: PumpingReason;
  /** Whether its messages are stopped, or it is only told. */
  readonly blocks: boolean;
  /** Numbers that were written to for the first time, and messages, of the minutes looked at. */
  readonly numbers: number;
  readonly messages: number;
  /** Of a text of one segment, in millionths; null where no price is known. */
  readonly priceMicros: number | null;
  readonly priceCurrency: string | null;
  /** Messages of the tenant's busiest day in the country. */
  readonly usual: number;
  readonly holdMinutes: number;
}

/** An alarm as stored, with all that came since; times as PostgreSQL text. */
export interface AlarmRow extends NewAlarm {
  readonly id: string;
  /** Messages that were stopped for it. */
  readonly stopped: number;
  readonly beganAt: string;
  /** Unless it goes on. */
  readonly endsAt: string;
  readonly endedAt: string | null;
  /** `rule`, `admin` or `key:<id>`. */
  readonly endedBy: string | null;
  readonly note: string | null;
}

export interface AlarmFilter {
  /** Absent: of all tenants. */
  readonly tenantId?: string | undefined;
  readonly id?: string | undefined;
  readonly isOpen?: boolean | undefined;
  /** Only earlier ones. */
  readonly before?: string | undefined;
}

/** What came to a range of a tenant. */
export interface RangeNews {
  readonly tenantId: string;
  readonly prefix: string;
  readonly numbers: number;
  readonly messages: number;
  readonly stopped: number;
}

const COLUMNS = `id, tenant_id as "tenantId", prefix, country, reason, blocks, numbers::int, messages::int, stopped::int,
  price_micros::float8 as "priceMicros", price_currency as "priceCurrency", usual::int, hold_minutes as "holdMinutes", began_at as "beganAt", ends_at as "endsAt",
  ended_at as "endedAt", ended_by as "endedBy", note`;

/** A relation of all of them, for other modules' statements. */
export const PUMPING_ALARMS = `(
  select id, tenant_id, prefix, country, reason, blocks, numbers, messages, stopped, price_micros, price_currency, began_at, ends_at, ended_at, ended_by
  from pumping_alarm)`;

/** SQL of a WITH: the ranges that are stopped of these tenants, for `rangeIsBlocked`. Looked up once for a batch, as by far most tenants have none. */
export const blockedRanges = (tenantIds: string): string => `blocked_range as materialized (
    select tenant_id, prefix from pumping_alarm
    where ended_at is null and blocks and ends_at > statement_timestamp() and tenant_id = any (${tenantIds}))`;

/** SQL: whether texts and calls to a number are stopped. */
export const rangeIsBlocked = (tenantId: string, channel: string, number: string): string => `(
  ${channel} in ('sms', 'voice') and exists (
    select from blocked_range as blocked where blocked.tenant_id = ${tenantId} and ${number} ^@ blocked.prefix)
  and not ${rangeIsAllowed(tenantId, number)})`;

/** Ends what `which` selects and locks, in favour of whoever follows. Parameters: by whom, and a note. */
const ended = (which: string): string => `
  with ending as (${which}), ended as (
    update pumping_alarm set ended_at = now(), ended_by = $1, note = $2 where id in (select id from ending) returning *
  ), ${eventsOf('ended', 'ended')}
  select ${COLUMNS} from ended order by id`;

@Injectable()
export class PumpingAlarms {
  constructor(private readonly database: Database) {}

  /** From the commit on the gate stops what it blocks. Undefined if there is one of the range already. */
  async begin(alarm: NewAlarm): Promise<AlarmRow | undefined> {
    const { tenantId, prefix, country, reason, blocks, numbers, messages, priceMicros, priceCurrency } = alarm;
    const [row] = await this.database.query<AlarmRow>(
      `with begun as (
         insert into pumping_alarm (tenant_id, prefix, country, reason, blocks, numbers, messages, price_micros, price_currency, usual, hold_minutes, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(mins => $11))
         on conflict (tenant_id, prefix) where ended_at is null do nothing returning *
       ), ${eventsOf('begun', 'suspected')}
       select ${COLUMNS} from begun`,
      [
        tenantId,
        prefix,
        country,
        reason,
        blocks,
        numbers,
        messages,
        priceMicros,
        priceCurrency,
        alarm.usual,
        alarm.holdMinutes,
      ],
    );
    return row;
  }

  /** Those of a tenant that are not over. */
  open(tenantId: string): Promise<AlarmRow[]> {
    return this.page({ tenantId, isOpen: true }, 1_000);
  }

  /** They stay for as long again. Written once a minute at the most. */
  async goOn(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `update pumping_alarm set ends_at = now() + make_interval(mins => hold_minutes)
       where id = any($1::uuid[]) and ended_at is null and ends_at < now() + make_interval(mins => hold_minutes - 1)`,
      [ids],
    );
  }

  /** Adds to the open alarms of these ranges. Call in the transaction that counts them. */
  async count(news: readonly RangeNews[]): Promise<void> {
    if (news.length === 0) return;
    await this.database.query(
      `update pumping_alarm as alarm
       set numbers = alarm.numbers + told.numbers, messages = alarm.messages + told.messages, stopped = alarm.stopped + told.stopped
       from (
         select open.id, sum(news.numbers) as numbers, sum(news.messages) as messages, sum(news.stopped) as stopped
         from jsonb_to_recordset($1::jsonb) as news ("tenantId" uuid, prefix text, numbers bigint, messages bigint, stopped bigint)
         join pumping_alarm as open on open.tenant_id = news."tenantId" and open.ended_at is null and news.prefix ^@ open.prefix
         group by open.id
       ) as told where alarm.id = told.id`,
      [JSON.stringify(news)],
    );
  }

  /** How often ranges that overlap this one were suspected of late, and nobody said that it was nothing. */
  async timesBefore(tenantId: string, prefix: string, days: number): Promise<number> {
    const [row] = await this.database.query<{ times: number }>(
      `select count(*)::int as times from pumping_alarm
       where tenant_id = $1 and ended_by = 'rule' and ended_at > now() - make_interval(days => $3) and (prefix ^@ $2::text or $2::text ^@ prefix)`,
      [tenantId, prefix, days],
    );
    return row?.times ?? 0;
  }

  /** When each of the ranges that somebody let go of lately was let go of: counting begins anew. */
  liftedWithin(tenantId: string, minutes: number): Promise<{ prefix: string; endedAt: string }[]> {
    return this.database.query(
      `select prefix, max(ended_at) as "endedAt" from pumping_alarm
       where tenant_id = $1 and ended_by <> 'rule' and ended_at > now() - make_interval(mins => $2) group by prefix`,
      [tenantId, minutes],
    );
  }

  /** Ends those whose time has come. */
  endDue(): Promise<AlarmRow[]> {
    return this.database.query<AlarmRow>(
      ended(
        `select id from pumping_alarm where ended_at is null and ends_at <= now() order by id for update skip locked`,
      ),
      ['rule', null],
    );
  }

  /** Ends one. Undefined if it is over already. */
  async end(id: string, endedBy: string, note: string | null): Promise<AlarmRow | undefined> {
    const [row] = await this.database.query<AlarmRow>(
      ended('select id from pumping_alarm where id = $3 and ended_at is null for update'),
      [endedBy, note, id],
    );
    return row;
  }

  /** Ends those that lie within a range. */
  endWithin(tenantId: string, prefix: string, endedBy: string): Promise<AlarmRow[]> {
    return this.database.query<AlarmRow>(
      ended(`
        select id from pumping_alarm where tenant_id = $3 and prefix ^@ $4::text and ended_at is null order by id for update`),
      [endedBy, null, tenantId, prefix],
    );
  }

  /** Whether a tenant's open alarms stop messages. */
  async setBlocking(tenantId: string, blocks: boolean): Promise<void> {
    await this.database.query(
      `update pumping_alarm set blocks = $2 where tenant_id = $1 and ended_at is null and blocks <> $2`,
      [tenantId, blocks],
    );
  }

  /** At most `limit`, newest first. */
  page({ tenantId, id, isOpen, before }: AlarmFilter, limit: number): Promise<AlarmRow[]> {
    return this.database.query<AlarmRow>(
      `select ${COLUMNS} from pumping_alarm
       where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id = $2) and ($3::boolean is null or (ended_at is null) = $3)
         and ($4::uuid is null or id < $4)
       order by id desc limit $5`,
      [tenantId ?? null, id ?? null, isOpen ?? null, before ?? null, limit],
    );
  }

  /** How many are open, of those that block and of those that only tell. */
  async counts(): Promise<{ blocking: number; watched: number }> {
    const [row] = await this.database.query<{ blocking: number; watched: number }>(
      `select count(*) filter (where blocks)::int as blocking, count(*) filter (where not blocks)::int as watched
       from pumping_alarm where ended_at is null`,
    );
    return row ?? { blocking: 0, watched: 0 };
  }
}
