/** One run of an automation, or a page of them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, isUuid, pageOf, SqlValues, type Page } from '../../kernel/index.js';
import { MESSAGES, type MessageStatus } from '../../ledger/index.js';
import { RunNotFound } from '../rules/automations.errors.js';
import type { ListRunsQuery, RunEntryView, RunView } from './runs.dto.js';
import type { LogEntry, RunRow, RunStatus } from './run-row.js';

export class GetRun extends Query<RunView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListRuns extends Query<Page<RunView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListRunsQuery,
  ) {
    super();
  }
}

/** Times are PostgreSQL text. */
interface Row extends RunRow {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly due_at: string | null;
  readonly log: readonly LogEntry[];
  readonly created_at: string;
  readonly finished_at: string | null;
}

const COLUMNS = `id, automation_id, version, status, reason, trigger_id, venue_id, order_ref, customer_ref, event_ref, attendee_ref,
  correlation_id, due_at, log, created_at, finished_at`;

@QueryHandler(GetRun)
export class GetRunHandler implements IQueryHandler<GetRun> {
  constructor(private readonly database: Database) {}

  /** Raises RunNotFound. */
  async execute({ tenantId, id }: GetRun): Promise<RunView> {
    const [row] = await this.database.query<Row>(
      `select ${COLUMNS} from automation_run where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    if (!row) throw new RunNotFound();
    return viewOf(row, await fatesOf(this.database, [row]));
  }
}

@QueryHandler(ListRuns)
export class ListRunsHandler implements IQueryHandler<ListRuns> {
  constructor(private readonly database: Database) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, filter }: ListRuns): Promise<Page<RunView>> {
    const { limit, cursor } = filter;
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const values = new SqlValues(tenantId, limit + 1);
    const conditions = values.all([
      [(place) => `id < ${place}::uuid`, before],
      [(place) => `automation_id = ${place}::uuid`, filter.automationId],
      [(place) => `status = ${place}`, filter.status],
      [(place) => `order_ref = ${place}`, filter.orderId],
      [(place) => `customer_ref = ${place}`, filter.customerId],
      [(place) => `event_ref = ${place}`, filter.eventId],
    ]);
    const rows = await this.database.query<Row>(
      `select ${COLUMNS} from automation_run where tenant_id = $1 ${conditions && `and ${conditions}`} order by id desc limit $2`,
      values.list,
    );
    const fates = await fatesOf(this.database, rows);
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (row) => viewOf(row, fates),
    );
  }
}

/** What has become of a message that a run sent. */
interface Fate {
  readonly id: string;
  readonly status: MessageStatus;
  readonly reason: string | null;
}
type Fates = ReadonlyMap<string, Fate>;

/** By the ids in the logs of these runs; of a message that the ledger has no more, nothing. */
async function fatesOf(database: Database, rows: readonly Row[]): Promise<Fates> {
  const ids = rows.flatMap(({ log }) => log.flatMap(({ messageId }) => messageId ?? []));
  if (ids.length === 0) return new Map();
  const fates = await database.query<Fate>(
    `select id, status, reason from ${MESSAGES} as message where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(fates.map((fate) => [fate.id, fate]));
}

function entryOf(entry: LogEntry, fates: Fates): RunEntryView {
  const { planned: _, ...shown } = entry;
  const fate = entry.what === 'sent' ? fates.get(entry.messageId ?? '') : undefined;
  return { ...shown, ...(fate && { status: fate.status, ...(fate.reason !== null && { reason: fate.reason }) }) };
}

const viewOf = (row: Row, fates: Fates): RunView => ({
  id: row.id,
  automationId: row.automation_id,
  version: row.version,
  status: row.status,
  reason: row.reason,
  triggerId: row.trigger_id,
  venueId: row.venue_id,
  orderId: row.order_ref,
  customerId: row.customer_ref,
  eventId: row.event_ref,
  attendeeId: row.attendee_ref,
  correlationId: row.correlation_id,
  dueAt: iso(row.due_at),
  log: row.log.map((entry) => entryOf(entry, fates)),
  createdAt: iso(row.created_at),
  finishedAt: iso(row.finished_at),
});
