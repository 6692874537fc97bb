/** Reads a tenant's usage for a month: a month of daily rows, however many messages they count. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, iso, Replica } from '../../kernel/index.js';
import { EventConsumers } from '../../ledger/index.js';
import { SenderDirectory, TimeZones } from '../../tenants/index.js';
import { USAGE } from './usage-rollup.js';
import type { UsageDay, UsageLine, UsageView } from './usage.dto.js';

export class GetUsage extends Query<UsageView> {
  /** `month` as `2026-11`; the current month in the tenant's time zone if undefined. */
  constructor(
    readonly tenantId: string,
    readonly month: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetUsage)
export class GetUsageHandler implements IQueryHandler<GetUsage> {
  constructor(
    private readonly database: Database,
    private readonly consumers: EventConsumers,
    private readonly senders: SenderDirectory,
    private readonly timeZones: TimeZones,
    private readonly replica: Replica,
  ) {}

  async execute({ tenantId, month: asked }: GetUsage): Promise<UsageView> {
    const { timezone } = await this.senders.tenant(tenantId);
    const month = asked ?? (await this.monthIn(this.timeZones.inDatabase(timezone)));
    const { asOf, days } = await this.replica.read(async () => ({
      asOf: await this.consumers.movedAt('usage'),
      days: await this.days(tenantId, month),
    }));
    return {
      month,
      timezone,
      asOf: iso(asOf ?? new Date(0)),
      total: sum(days),
      lines: linesOf(days),
      days,
    };
  }

  private days(tenantId: string, month: string): Promise<UsageDay[]> {
    return this.database.query<UsageDay>(
      `select day::text as day, channel, category, provider, sum(messages)::float8 as messages, sum(segments)::float8 as segments,
         sum(delivered)::float8 as delivered, sum(failed)::float8 as failed, sum(stopped)::float8 as stopped, sum(received)::float8 as received,
         sum(received_segments)::float8 as "receivedSegments"
       from ${USAGE} as usage
       where tenant_id = $1 and day >= $2::date and day < ($2::date + interval '1 month')
       group by day, channel, category, provider
       having sum(messages) <> 0 or sum(delivered) <> 0 or sum(failed) <> 0 or sum(stopped) <> 0 or sum(received) <> 0
       order by day, channel, category, provider`,
      [tenantId, `${month}-01`],
    );
  }

  /** `2026-11`, as the database tells time: it also decides to which day an event belongs. */
  private async monthIn(timeZone: string): Promise<string> {
    const [now] = await this.database.query<{ month: string }>(
      `select to_char(now() at time zone $1, 'YYYY-MM') as month`,
      [timeZone],
    );
    return now?.month ?? '';
  }
}

function linesOf(days: readonly UsageDay[]): UsageLine[] {
  const groups = Map.groupBy(days, ({ channel, category, provider }) => `${channel} ${category} ${provider}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ channel: first.channel, category: first.category, provider: first.provider, ...sum(group) }] : [];
  });
}

function sum(days: readonly UsageDay[]): UsageView['total'] {
  const total = (count: (day: UsageDay) => number): number => days.reduce((result, day) => result + count(day), 0);
  return {
    messages: total((day) => day.messages),
    segments: total((day) => day.segments),
    delivered: total((day) => day.delivered),
    failed: total((day) => day.failed),
    stopped: total((day) => day.stopped),
    received: total((day) => day.received),
    receivedSegments: total((day) => day.receivedSegments),
  };
}
