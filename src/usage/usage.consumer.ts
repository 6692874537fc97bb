/** Adds new events to the daily usage, in the batch's transaction: exactly once. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { EventConsumer, type EventBatch, type MessageEventKind, type MessageStatus } from '../ledger/index.js';
import { TENANTS, TimeZones } from '../tenants/index.js';
import { countsOf, type Counts } from './usage.rules.js';

/** Events of one kind and day, counted by the database. */
interface Group {
  readonly tenant_id: string;
  readonly day: string;
  readonly channel: string;
  readonly category: string;
  readonly provider: string;
  readonly kind: MessageEventKind;
  readonly previous: MessageStatus | null;
  readonly facts: number;
  readonly segments: number;
}

@Injectable()
export class UsageConsumer extends EventConsumer {
  readonly name = 'usage';

  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    const { substituted } = this.timeZones;
    const groups = await this.database.query<Group>(
      `select tenant_id, (at at time zone coalesce(substitute.zone, tenant.timezone))::date::text as day, channel, category, provider, kind, previous,
         count(*)::int as facts, sum(segments)::int as segments
       from ${events} as event join ${TENANTS} as tenant on tenant.id = event.tenant_id
       left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = tenant.timezone
       group by tenant_id, day, channel, category, provider, kind, previous`,
      [substituted.map(([zone]) => zone), substituted.map(([, substitute]) => substitute)],
    );
    await this.add(groups);
  }

  private async add(groups: readonly Group[]): Promise<void> {
    const rows = [...sumByRow(groups).values()].filter(
      ({ messages, delivered, failed, stopped }) => messages || delivered || failed || stopped,
    );
    await this.database.query(
      `insert into usage_daily as usage (tenant_id, day, channel, category, provider, messages, segments, delivered, failed, stopped)
       select * from jsonb_to_recordset($1::jsonb) as row (tenant_id uuid, day date, channel text, category text, provider text,
         messages bigint, segments bigint, delivered bigint, failed bigint, stopped bigint)
       on conflict (tenant_id, day, channel, category, provider) do update set
         messages = usage.messages + excluded.messages, segments = usage.segments + excluded.segments,
         delivered = usage.delivered + excluded.delivered, failed = usage.failed + excluded.failed,
         stopped = usage.stopped + excluded.stopped`,
      [JSON.stringify(rows)],
    );
  }
}

type Row = Pick<Group, 'tenant_id' | 'day' | 'channel' | 'category' | 'provider'> & Counts;

function sumByRow(groups: readonly Group[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const { tenant_id, day, channel, category, provider, kind, previous, facts, segments } of groups) {
    const key = [tenant_id, day, channel, category, provider].join(' ');
    const one = countsOf(kind, previous, 1);
    const before = rows.get(key);
    rows.set(key, {
      tenant_id,
      day,
      channel,
      category,
      provider,
      messages: (before?.messages ?? 0) + one.messages * facts,
      segments: (before?.segments ?? 0) + one.messages * segments,
      delivered: (before?.delivered ?? 0) + one.delivered * facts,
      failed: (before?.failed ?? 0) + one.failed * facts,
      stopped: (before?.stopped ?? 0) + one.stopped * facts,
    });
  }
  return rows;
}
