/** How many emails each sender sent, by the minute; and what became of them. */
import { Injectable } from '@nestjs/common';
import { ADDRESS_REPORTS, SENDER_PAUSES } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { messageJoin, plannedFor, type EventBatch } from '../ledger/index.js';
import type { Channel } from '../tenants/index.js';
import { MOST_DAYS } from './sender-health-config.js';
import type { HealthCounts } from './sender-health.rules.js';

/** A sender with what became of its messages. */
export interface SenderCounts extends HealthCounts {
  readonly tenantId: string;
  readonly channel: Channel;
  readonly address: string;
  /** Messages count that were sent after this: PostgreSQL text. */
  readonly since: string;
  /** Of the pause that it is in. */
  readonly pauseId: string | null;
}

function added({ events, isLarge }: EventBatch): string {
  const message = messageJoin('id, tenant_id, channel, sender_address, sent_at', isLarge);
  return `
    with event as materialized (
      select message_id from ${events} as event where kind = 'sent' and channel = 'email'
    ), ${message.relation} sent as (
      select tenant_id, channel, sender_address as sender, date_trunc('minute', sent_at) as minute
      from event ${message.join} where sent_at is not null
    )
    insert into sender_volume as known (tenant_id, channel, sender, minute, messages)
    select tenant_id, channel, sender, minute, count(*) from sent group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (tenant_id, channel, sender, minute) do update set messages = known.messages + excluded.messages`;
}

/** From when messages count: of the last days, since counting began. */
const SINCE = `greatest(now() - make_interval(days => $1), (select min(minute) from sender_volume))`;

/**
 * Of these senders, as columns of a relation: what they sent, and what was reported of just that. A sender that was resumed starts
 * anew. Parameter: days.
 */
const countsOf = (senders: string): string => `
  select asked.tenant_id as "tenantId", asked.channel, asked.sender as address, start.at as since, pause.id as "pauseId",
    coalesce(volume.messages, 0)::int as sent, report.bounces, report.complaints
  from (${senders}) as asked
  cross join lateral (
    select greatest(${SINCE}, max(resumed_at)) as at from ${SENDER_PAUSES} as past
    where (past.tenant_id, past.channel, past.address) = (asked.tenant_id, asked.channel, asked.sender)) as start
  left join ${SENDER_PAUSES} as pause
    on (pause.tenant_id, pause.channel, pause.address) = (asked.tenant_id, asked.channel, asked.sender) and pause.resumed_at is null
  cross join lateral (
    select sum(messages) as messages from sender_volume as volume
    where (volume.tenant_id, volume.channel, volume.sender) = (asked.tenant_id, asked.channel, asked.sender)
      and minute >= date_trunc('minute', start.at)) as volume
  cross join lateral (
    select count(*) filter (where kind = 'hard_bounce')::int as bounces, count(*) filter (where kind = 'complaint')::int as complaints
    from ${ADDRESS_REPORTS} as report
    where (report.tenant_id, report.channel, report.sender) = (asked.tenant_id, asked.channel, asked.sender)
      and report.sent_at >= start.at) as report
  order by 1, 2, 3`;

@Injectable()
export class SenderVolumes {
  constructor(private readonly database: Database) {}

  /** Adds a batch; each event must be added once. */
  async add(batch: EventBatch): Promise<void> {
    await plannedFor(batch, this.database, () => this.database.query(added(batch)));
  }

  /** A tenant's senders that sent anything within the days, or are paused. */
  ofTenant(tenantId: string, days: number): Promise<SenderCounts[]> {
    return this.database.query<SenderCounts>(
      countsOf(`
        select tenant_id, channel, sender from sender_volume where tenant_id = $2 and minute >= ${SINCE} group by 1, 2, 3
        union
        select tenant_id, channel, address from ${SENDER_PAUSES} as paused where tenant_id = $2 and resumed_at is null`),
      [days, tenantId],
    );
  }

  /** Everybody's senders of which anything was reported within the days, or that are paused. */
  reported(days: number): Promise<SenderCounts[]> {
    return this.database.query<SenderCounts>(
      countsOf(`
        select tenant_id, channel, sender from ${ADDRESS_REPORTS} as report
        where channel = 'email' and sent_at >= ${SINCE} group by 1, 2, 3
        union
        select tenant_id, channel, address from ${SENDER_PAUSES} as paused where resumed_at is null`),
      [days],
    );
  }

  /** Forgets what no setting counts any more. */
  async purge(): Promise<void> {
    await this.database.query(`delete from sender_volume where minute < now() - make_interval(days => $1)`, [
      MOST_DAYS + 1,
    ]);
  }
}
