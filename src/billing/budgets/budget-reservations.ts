/** What messages have reserved of budgets, one row each, from before their calls until they are counted or were not sent. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { MESSAGES, quoted, SETTLED, WAITING } from '../../ledger/index.js';
import { FIGURE, figuresOf } from './budgets.sql.js';

/** What a message reserves, named as the columns of `budget_reservation`. */
export interface NewReservation {
  readonly message_id: string;
  readonly tenant_id: string;
  readonly campaign_id: string | null;
  readonly month: string;
  readonly channel: string;
  readonly segments: number;
  readonly micros: string;
  readonly currency: string | null;
}

/** Events after which a message is counted, or was certainly not sent. */
const ENDS = quoted(['sent', ...SETTLED, 'deferred', 'diverted']);

/** Old ones of the same messages are given back. Figures are locked in the order of their keys. Parameter: reservations. */
const RESERVE = `
  with kept as (
    insert into budget_reservation (message_id, tenant_id, campaign_id, month, channel, segments, micros, currency)
    select * from jsonb_to_recordset($1::jsonb) as row (message_id uuid, tenant_id uuid, campaign_id uuid, month date, channel text,
      segments int, micros bigint, currency text)
    on conflict (message_id) do update set campaign_id = excluded.campaign_id, month = excluded.month, channel = excluded.channel,
      segments = excluded.segments, micros = excluded.micros, currency = excluded.currency, tx = excluded.tx, reserved_at = excluded.reserved_at
    returning new.tenant_id, new.campaign_id, new.month, new.currency, new.micros,
      old.campaign_id as old_campaign_id, old.month as old_month, old.currency as old_currency, old.micros as old_micros
  ), part as (
    select tenant_id, campaign_id, month, currency, 1 as messages, micros from kept
    union all
    select tenant_id, old_campaign_id, old_month, old_currency, -1, -old_micros from kept where old_month is not null
  )
  insert into budget_reserving as known (${FIGURE}, reserved)
  select ${FIGURE}, sum(amount) from ${figuresOf('part')} as figure group by ${FIGURE} having sum(amount) <> 0 order by ${FIGURE}
  on conflict on constraint budget_reserving_unique do update set reserved = known.reserved + excluded.reserved`;

/** Ends reservations, `held`, and adds them to what is released. */
const releaseOf = (which: string): string => `
  with ended as (
    delete from budget_reservation as held ${which} returning held.*
  ), part as (select *, 1 as messages from ended)
  insert into budget_use as known (${FIGURE}, released)
  select ${FIGURE}, sum(amount) from ${figuresOf('part')} as figure group by ${FIGURE} having sum(amount) <> 0
  on conflict on constraint budget_use_unique do update set released = known.released + excluded.released`;

/** After an hour, of a message that neither waits nor is in doubt. */
const LOST = `reserved_at < now() - interval '1 hour' and not exists (
  select from ${MESSAGES} as message
  where message.id = held.message_id and message.status in (${quoted([...WAITING, 'sending', 'unknown'])}))`;

@Injectable()
export class BudgetReservations {
  constructor(private readonly database: Database) {}

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

  /** What these messages have reserved by an earlier attempt. */
  of(messageIds: readonly string[]): Promise<NewReservation[]> {
    return this.database.query<NewReservation>(
      `select message_id, tenant_id, campaign_id, month::text, channel, segments, micros::text, currency from budget_reservation
       where message_id = any($1)`,
      [messageIds],
    );
  }

  /** A message has one reservation, that of its last attempt. */
  async reserve(reservations: readonly NewReservation[]): Promise<void> {
    if (reservations.length === 0) return;
    await this.database.query(RESERVE, [JSON.stringify(reservations)]);
  }

  /**
   * Ends reservations of messages that these events say are counted, or were not sent. A reservation of a later attempt has a later
   * transaction, and stays. Hold the cursor of `usage`.
   */
  async settle(events: string): Promise<void> {
    await this.database.query(
      releaseOf(`using ${events} as event
        where held.message_id = event.message_id and event.kind in (${ENDS}) and event.tx > held.tx`),
    );
  }

  /** Whether there are reservations that a drain made after it had lost its messages to another: no event will end them. */
  async areLost(): Promise<boolean> {
    const lost = await this.database.query(`select from budget_reservation as held where ${LOST} limit 1`);
    return lost.length > 0;
  }

  /** Ends them. Hold the cursor of `usage`. */
  async forgetLost(): Promise<void> {
    await this.database.query(releaseOf(`where ${LOST}`));
  }
}
