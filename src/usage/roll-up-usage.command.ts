/**
 * Adds new facts to the daily usage, exactly once: the sums and the cursor move in one transaction. Only facts older than the
 * oldest running transaction are taken, in the order (transaction, sequence), so none that commits late is passed over.
 */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { TENANTS } from '../tenants/index.js';
import { countsOf, type Counts } from './usage.rules.js';

const BATCH = 20_000;

export class RollUpUsage extends Command<void> {}

/** Facts of one kind and day, counted by the database. */
interface Group {
  readonly tenant_id: string;
  readonly day: string;
  readonly channel: string;
  readonly category: string;
  readonly provider: string;
  readonly kind: string;
  readonly previous: string | null;
  readonly facts: number;
  readonly segments: number;
}

interface Batch {
  readonly groups: Group[] | null;
  readonly taken: number;
  readonly tx: string | null;
  readonly seq: string | null;
}

@CommandHandler(RollUpUsage)
export class RollUpUsageHandler implements ICommandHandler<RollUpUsage> {
  constructor(private readonly database: Database) {}

  async execute(): Promise<void> {
    let taken: number;
    do taken = await this.database.transaction(() => this.rollUp());
    while (taken === BATCH);
  }

  private async rollUp(): Promise<number> {
    const [cursor] = await this.database.query<{ tx: string; seq: string }>(
      `select tx, seq from usage_cursor where name = 'daily' for update`,
    );
    if (!cursor) return 0;
    const [batch] = await this.database.query<Batch>(
      `with fact as materialized (
         select * from message_event
         where (tx, seq) > ($1::xid8, $2::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot())
         order by tx, seq limit ${BATCH}
       ), grouped as (
         select tenant_id, (at at time zone tenant.timezone)::date::text as day, channel, category, provider, kind, previous,
           count(*)::int as facts, sum(segments)::int as segments
         from fact join ${TENANTS} as tenant on tenant.id = fact.tenant_id
         group by tenant_id, day, channel, category, provider, kind, previous
       )
       select (select json_agg(grouped) from grouped) as groups, (select count(*)::int from fact) as taken, last.tx, last.seq
       from (select null) as one left join (select tx, seq from fact order by tx desc, seq desc limit 1) as last on true`,
      [cursor.tx, cursor.seq],
    );
    if (batch?.groups) await this.add(batch.groups);
    await this.database.query(
      `update usage_cursor set tx = coalesce($1, tx), seq = coalesce($2, seq), moved_at = now() where name = 'daily'`,
      [batch?.tx, batch?.seq],
    );
    return batch?.taken ?? 0;
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
      ...{ tenant_id, day, channel, category, provider },
      messages: (before?.messages ?? 0) + one.messages * facts,
      segments: (before?.segments ?? 0) + one.messages * segments,
      delivered: (before?.delivered ?? 0) + one.delivered * facts,
      failed: (before?.failed ?? 0) + one.failed * facts,
      stopped: (before?.stopped ?? 0) + one.stopped * facts,
    });
  }
  return rows;
}
