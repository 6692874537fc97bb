/** What became of the calls among the messages. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { CallReport, Price } from '../providers/index.js';
import { appendEvents } from './message.events.js';

/** A provider's report of the call that is this message. */
export interface CallNews extends CallReport {
  readonly messageId: string;
  readonly tenantId: string;
  readonly price?: Price | undefined;
  /** The call is over. */
  readonly ended: boolean;
  readonly occurredAt?: Date | undefined;
}

/** Times are PostgreSQL text. */
export interface CallRow {
  readonly answered_by: string | null;
  /** The key that acknowledged. */
  readonly digits: string | null;
  readonly acknowledged_at: string | null;
  readonly ended_at: string | null;
  readonly duration_seconds: number | null;
  readonly price_micros: number | null;
  readonly price_currency: string | null;
}

/** SQL: whether a message is a call that was answered, and whose price is not known yet. */
export const lacksPrice = (message: string): string => `(${message}.channel = 'voice' and exists (
  select from voice_call where message_id = ${message}.id and duration_seconds > 0 and price_micros is null))`;

/** Of the upsert's old and new rows: a call is measured once, however often it is reported. */
const MEASURED = appendEvents({
  from: `recorded join message on message.id = recorded.message_id and message.id between $2::uuid and $3::uuid
    where recorded.is_measured`,
  kind: 'measured',
  source: `'webhook'`,
  occurredAt: 'recorded.ended_at',
  quantity: 'recorded.duration_seconds',
});

@Injectable()
export class VoiceCalls {
  constructor(private readonly database: Database) {}

  /** Adds what is new; in any order, and as often as it is reported. How long a call was becomes a fact. */
  async record(news: readonly CallNews[]): Promise<void> {
    if (news.length === 0) return;
    const ids = news.map(({ messageId }) => messageId).toSorted();
    await this.database.query(
      `with recorded as (
       insert into voice_call (message_id, tenant_id, answered_by, digits, acknowledged_at, ended_at, duration_seconds,
         price_micros, price_currency)
       select message_id, (array_agg(tenant_id))[1], max(answered_by), max(digits), min(acknowledged_at), min(ended_at),
         max(duration_seconds), max(price_micros), max(price_currency)
       from jsonb_to_recordset($1::jsonb) as news (message_id uuid, tenant_id uuid, answered_by text, digits text,
         acknowledged_at timestamptz, ended_at timestamptz, duration_seconds int, price_micros bigint, price_currency text)
       group by message_id order by message_id
       on conflict (message_id) do update set
         answered_by = coalesce(voice_call.answered_by, excluded.answered_by),
         digits = coalesce(voice_call.digits, excluded.digits),
         acknowledged_at = least(voice_call.acknowledged_at, excluded.acknowledged_at),
         ended_at = least(voice_call.ended_at, excluded.ended_at),
         duration_seconds = coalesce(voice_call.duration_seconds, excluded.duration_seconds),
         price_micros = coalesce(excluded.price_micros, voice_call.price_micros),
         price_currency = coalesce(excluded.price_currency, voice_call.price_currency)
       returning voice_call.message_id, voice_call.duration_seconds, voice_call.ended_at,
         old.duration_seconds is null and new.duration_seconds is not null as is_measured
       )
       ${MEASURED}`,
      [JSON.stringify(news.map(rowOf)), ids[0], ids.at(-1)],
    );
  }

  /** Undefined until something was reported. */
  async find(messageId: string): Promise<CallRow | undefined> {
    const [row] = await this.database.query<CallRow>(
      `select answered_by, digits, acknowledged_at, ended_at, duration_seconds, price_micros::float8 as price_micros, price_currency
       from voice_call where message_id = $1`,
      [messageId],
    );
    return row;
  }
}

function rowOf({ messageId, tenantId, answeredBy, durationSeconds, key, price, ended, occurredAt }: CallNews): object {
  const at = (occurredAt ?? new Date()).toISOString();
  return {
    message_id: messageId,
    tenant_id: tenantId,
    answered_by: answeredBy,
    digits: key,
    acknowledged_at: key === undefined ? undefined : at,
    ended_at: ended ? at : undefined,
    duration_seconds: durationSeconds,
    price_micros: price?.micros,
    price_currency: price?.currency,
  };
}
