/** Adds events to the sums of failures and latencies. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import {
  MESSAGE_EVENTS,
  messageJoin,
  plannedFor,
  quoted,
  type EventBatch,
  type MessageEventKind,
} from '../ledger/index.js';
import { TENANT_ZONES, TimeZones } from '../tenants/index.js';
import { BUCKET } from './latency.rules.js';

/** Ends of a message that did not arrive: it failed, or we stopped it. */
export const NOT_ARRIVED = [
  'failed',
  'undelivered',
  'skipped_no_consent',
  'blocked_opted_out',
  'suppressed',
  'expired',
  'cancelled',
] as const satisfies readonly MessageEventKind[];

const KINDS = quoted([...NOT_ARRIVED, 'sent', 'delivered', 'read']);
export const ENDS = quoted(NOT_ARRIVED);

/** What sums are kept by. */
export const FAILURE_KEY = 'tenant_id, day, channel, provider, campaign_id, kind, reason, code';
export const LATENCY_KEY = 'tenant_id, day, channel, provider, measure, bucket';

const msBetween = (from: string, to: string): string =>
  `greatest(0, extract(epoch from ${to} - ${from}) * 1000)::float8`;

/**
 * The relations `failure` and `latency`: what events add to each sum. Parameters: zones that the database does not know, and what it
 * takes for them. A message that was not known to be sent before is
 * said to be sent, and in the same transaction what else became of it: then its end before is left by that event.
 */
export function sumsOf(events: string, isLargeBatch = false): string {
  const message = messageJoin('id, campaign_id, sent_at, send_at', isLargeBatch);
  return `
  with event as materialized (
    select tx, seq, message_id, tenant_id, at, coalesce(occurred_at, at) as happened_at, kind, previous, channel, provider, reason, code
    from ${events} as event where kind in (${KINDS})
  ), ${message.relation} zone as materialized (
    select tenant_id, coalesce(substitute.zone, timezone) as zone, since, until from ${TENANT_ZONES} as zone
    left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = timezone
  ), fact as materialized (
    select event.*, (event.at at time zone zone.zone)::date as day, campaign_id, sent_at,
      greatest(uuid_extract_timestamp(event.message_id), send_at) as due_at
    from event join zone on zone.tenant_id = event.tenant_id and event.at >= since and event.at < until
    ${message.join}
  ), ended as (
    select tenant_id, day, channel, provider, campaign_id, kind, reason, code, 1 as step from fact where kind in (${ENDS})
    union all
    select fact.tenant_id, (before.at at time zone zone.zone)::date, before.channel, before.provider, campaign_id, before.kind,
      before.reason, before.code, -1
    from fact
    join lateral (
      select * from ${MESSAGE_EVENTS} as earlier
      where earlier.message_id = fact.message_id and earlier.seq < fact.seq and earlier.kind in (${ENDS})
      order by earlier.seq desc limit 1) as before on true
    join zone on zone.tenant_id = fact.tenant_id and before.at >= since and before.at < until
    where fact.previous in (${ENDS}) and (fact.kind <> 'sent' or exists (
      select from ${MESSAGE_EVENTS} as beside
      where beside.message_id = fact.message_id and beside.tx = fact.tx and beside.seq > fact.seq and beside.previous = 'sent'))
  ), failure as (
    select ${FAILURE_KEY}, sum(step) as messages from ended group by ${FAILURE_KEY} having sum(step) <> 0
  ), timed as (
    select tenant_id, day, channel, provider, 'provider' as measure, ${msBetween('due_at', 'happened_at')} as ms
    from fact where kind = 'sent'
    union all
    select tenant_id, day, channel, provider, 'delivery', ${msBetween('sent_at', 'happened_at')}
    from fact where kind = 'delivered' and sent_at is not null
  ), latency as (
    select tenant_id, day, channel, provider, measure, ${BUCKET('ms')} as bucket, count(*) as messages from timed group by 1, 2, 3, 4, 5, 6
  )`;
}

/** The same parameters. */
const addedBy = ({ events, isLarge }: EventBatch): string => `
  ${sumsOf(events, isLarge)}, failures as (
    insert into failure_rollup as rollup (${FAILURE_KEY}, messages) select ${FAILURE_KEY}, messages from failure
    on conflict on constraint failure_rollup_unique do update set messages = rollup.messages + excluded.messages
  )
  insert into latency_rollup as rollup (${LATENCY_KEY}, messages) select ${LATENCY_KEY}, messages from latency
  on conflict (${LATENCY_KEY}) do update set messages = rollup.messages + excluded.messages`;

@Injectable()
export class ReportSums {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /**
   * Adds a batch; each event must be added once. An end counts on the day on which it became known, and no more once the
   * message has another.
   */
  async add(batch: EventBatch): Promise<void> {
    const { substituted } = this.timeZones;
    await plannedFor(batch, this.database, () =>
      this.database.query(addedBy(batch), [
        substituted.map(([zone]) => zone),
        substituted.map(([, substitute]) => substitute),
      ]),
    );
  }
}
