/** Provider events as received, deduplicated. */
import { Injectable } from '@nestjs/common';
import { currentPlace, Database, JointWrites, type TraceParent } from '../kernel/index.js';
import type { ProvenEvents, ProviderEvent } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';

interface Row {
  readonly provider: ProviderName;
  readonly dedupe_key: string;
  readonly account_ids: readonly string[];
  readonly event: ProviderEvent;
  /** It is to be applied to a message; other events are only stored. */
  readonly waits: boolean;
  /** Of the webhook that brought it; null where that is not recorded. */
  readonly trace: TraceParent | null;
}

export interface Backlog {
  readonly events: number;
  readonly oldest: string | null;
}

/** A report that is not applied to any message yet; times as PostgreSQL text. */
export interface UnappliedEvent {
  readonly id: string;
  readonly provider: ProviderName;
  readonly kind: string;
  readonly what: string;
  readonly code: string | null;
  readonly message_id: string | null;
  readonly received_at: string;
  readonly look_again_at: string | null;
}

/** The backlog is counted up to this number: an exact count beyond it has no use. */
const COUNTED = 10_000;

/** Webhooks per joint statement: each may carry 768 KB. */
const JOINT_WEBHOOKS = 50;

/** In key order, so that concurrent inserts of the same events do not deadlock. */
const INSERT = `
  insert into inbox (provider, dedupe_key, account_ids, event, trace, applied_at)
  select provider, dedupe_key, account_ids, event, trace, case when waits then null else now() end
  from jsonb_to_recordset($1::jsonb) as event (provider text, dedupe_key text, account_ids uuid[], event jsonb, trace text, waits boolean)
  order by provider, dedupe_key
  on conflict on constraint inbox_event_unique do nothing
  returning dedupe_key`;

@Injectable()
export class Inbox {
  private readonly joint = new JointWrites<Row>(JOINT_WEBHOOKS, async (rows) => {
    await this.insert(rows);
  });

  constructor(private readonly database: Database) {}

  /** Stores the new events. */
  async add(provider: ProviderName, proven: ProvenEvents): Promise<void> {
    if (proven.events.length > 0) await this.joint.add(rowsOf(provider, proven));
  }

  /** Stores the new events, and runs the callback with them, in one transaction. */
  addAnd(
    provider: ProviderName,
    proven: ProvenEvents,
    work: (fresh: ReadonlySet<ProviderEvent>) => Promise<void>,
  ): Promise<void> {
    return this.database.transaction(async () => {
      const rows = rowsOf(provider, proven);
      const stored = await this.insert(rows);
      const keys = new Set(stored.map(({ dedupe_key: key }) => key));
      await work(new Set(rows.filter(({ dedupe_key: key }) => keys.has(key)).map(({ event }) => event)));
    });
  }

  /** How many events are not applied yet, counted to 10,000, and when the oldest came, as PostgreSQL text. */
  async backlog(): Promise<Backlog> {
    const [backlog] = await this.database.query<Backlog>(
      `select count(*)::int as events, min(received_at) as oldest
       from (select received_at from inbox where applied_at is null order by id limit ${COUNTED}) as waiting`,
    );
    return backlog ?? { events: 0, oldest: null };
  }

  /** Reports that wait, or whose message was not found and is looked for once more: the oldest after one. */
  unapplied(provider: ProviderName | undefined, after: string | undefined, limit: number): Promise<UnappliedEvent[]> {
    const page = (condition: string): string =>
      `(select * from inbox where ${condition} and ($1::text is null or provider = $1) and ($2::uuid is null or id > $2)
        order by id limit $3)`;
    return this.database.query<UnappliedEvent>(
      `select id, provider, event ->> 'kind' as kind, coalesce(event ->> 'status', event ->> 'type') as what,
         event ->> 'code' as code, event ->> 'messageId' as message_id, received_at, look_again_at
       from (${page('applied_at is null')} union all ${page('applied_at is not null and look_again_at is not null')}) as event
       order by id limit $3`,
      [provider ?? null, after ?? null, limit],
    );
  }

  private insert(rows: readonly Row[]): Promise<Pick<Row, 'dedupe_key'>[]> {
    return this.database.query(INSERT, [JSON.stringify(rows)]);
  }
}

function rowsOf(provider: ProviderName, { events, accountIds }: ProvenEvents): Row[] {
  return events.map((event) => ({
    provider,
    account_ids: accountIds,
    event,
    trace: currentPlace() ?? null,
    // Scoped to the account: no account can pre-empt another's event.
    dedupe_key: `${accountIds[0] ?? ''}/${event.dedupeKey}`,
    waits: event.kind === 'status' || (event.kind === 'engagement' && changesSomething(event)),
  }));
}

const changesSomething = ({ type, suppress, optedOut }: Extract<ProviderEvent, { kind: 'engagement' }>): boolean =>
  type === 'opened' || type === 'clicked' || (suppress ?? optedOut) !== undefined;
