/** To how many new numbers each tenant writes by which range, by the minute: of what somebody's form may have caused. */
import { Injectable } from '@nestjs/common';
import { PumpingAlarms, rangeIsAllowed } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { EventConsumers, isFirstTo, messageJoin, plannedFor, type EventBatch } from '../ledger/index.js';
import type { RangeCount } from './pumping.rules.js';

/** The name of the cursor of what is counted. */
export const PUMPING_CONSUMER = 'pumping-guard';
/** How many minutes a look takes together. */
export const WINDOW_MINUTES = 10;
/** A number that was last written to earlier is new again. */
const KNOWN_DAYS = 90;
/** Of a number: they do not tell its range. So none is stored. */
const LAST_DIGITS = 4;
/** A plus and what a range has at least. */
const SHORTEST = '+1234'.length;
/** Ranges of a tenant that are looked at, the fullest first. */
const MOST_RANGES = 20_000;

/** What came to a range. */
interface Added {
  readonly tenantId: string;
  readonly prefix: string;
  readonly numbers: number;
  readonly messages: number;
  readonly stopped: number;
}

/** Of an accepted message the first event; and of one that the guard has stopped, the last. Campaigns write to audiences, which no form fills. */
function added({ events, isLarge }: EventBatch): string {
  const message = messageJoin('id, tenant_id, recipient, campaign_id, root_campaign_id', isLarge);
  return `
    with event as materialized (
      select message_id, at, kind = 'suppressed' as is_stopped from ${events} as event
      where channel in ('sms', 'mms', 'voice') and category = 'transactional' and source <> 'campaign'
        and (kind in ('queued', 'scheduled') or kind = 'suppressed' and reason = 'number_range_blocked')
    ), ${message.relation} counted as (
      select message.tenant_id, left(recipient, greatest(length(recipient) - ${LAST_DIGITS}, ${SHORTEST})) as prefix, date_trunc('minute', at) as minute,
        count(*) filter (where not is_stopped) as messages, count(*) filter (where not is_stopped and ${isFirstTo('message', KNOWN_DAYS)}) as numbers,
        count(*) filter (where is_stopped) as stopped
      from event ${message.join}
      where recipient ^@ '+' and campaign_id is null and root_campaign_id is null
      group by 1, 2, 3
    ), volume as (
      insert into range_volume as known (tenant_id, prefix, minute, messages, numbers)
      select tenant_id, prefix, minute, messages, numbers from counted where messages > 0 order by 1, 2, 3
      on conflict (tenant_id, prefix, minute) do update
        set messages = known.messages + excluded.messages, numbers = known.numbers + excluded.numbers
    )
    select tenant_id as "tenantId", prefix, sum(numbers)::int as numbers, sum(messages)::int as messages, sum(stopped)::int as stopped
    from counted group by 1, 2`;
}

/** A minute counts as soon as it has begun within the window. */
const IN_WINDOW = `minute > now() - make_interval(mins => ${WINDOW_MINUTES})`;

@Injectable()
export class RangeVolumes {
  constructor(
    private readonly database: Database,
    private readonly alarms: PumpingAlarms,
    private readonly consumers: EventConsumers,
  ) {}

  /** Adds a batch, also to the alarms that are open; each event must be added once. */
  async add(batch: EventBatch): Promise<void> {
    const news = await plannedFor(batch, this.database, () => this.database.query<Added>(added(batch)));
    await this.alarms.count(news);
  }

  /** Tenants that wrote to so many new numbers within the window. */
  async busy(least: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select tenant_id as id from range_volume where ${IN_WINDOW} group by tenant_id having sum(numbers) >= $1 order by 1`,
      [least],
    );
    return rows.map(({ id }) => id);
  }

  /** The ranges of a tenant within the window, without those that it allows, and without what came before they were let go of. */
  of(
    tenantId: string,
    lifted: readonly { readonly prefix: string; readonly endedAt: string }[],
  ): Promise<RangeCount[]> {
    return this.database.query<RangeCount>(
      `select prefix, sum(numbers)::int as numbers from range_volume as volume
       where tenant_id = $1 and ${IN_WINDOW} and not ${rangeIsAllowed('volume.tenant_id', 'volume.prefix')}
         and not exists (
           select from unnest($2::text[], $3::timestamptz[]) as lifted (prefix, at)
           where (volume.prefix ^@ lifted.prefix or lifted.prefix ^@ volume.prefix) and minute <= lifted.at)
       group by prefix having sum(numbers) > 0 order by 2 desc, 1 limit ${MOST_RANGES}`,
      [tenantId, lifted.map(({ prefix }) => prefix), lifted.map(({ endedAt }) => endedAt)],
    );
  }

  /** All that went to a range within the window. Nothing more is counted until the transaction ends, so that an alarm takes over exactly. */
  async total(tenantId: string, prefix: string): Promise<{ numbers: number; messages: number }> {
    await this.consumers.hold(PUMPING_CONSUMER);
    const [row] = await this.database.query<{ numbers: number; messages: number }>(
      `select coalesce(sum(numbers), 0)::int as numbers, coalesce(sum(messages), 0)::int as messages from range_volume
       where tenant_id = $1 and ${IN_WINDOW} and prefix ^@ $2::text`,
      [tenantId, prefix],
    );
    return row ?? { numbers: 0, messages: 0 };
  }

  /** Forgets what no look takes any more. */
  async purge(): Promise<void> {
    await this.database.query(`delete from range_volume where minute < now() - interval '1 hour'`);
  }
}
