/** The comparisons of days with the ledger, and what they found: neither is changed once it is over. */
import { Injectable } from '@nestjs/common';
import { Database, SqlValues } from '../../kernel/index.js';
import type { ProviderName } from '../../providers/index.js';
import type { ChannelTotals, Difference, DifferenceKind, Said } from './comparison.rules.js';
import type { SendingAccount } from './sent-messages.js';

export const STATES = ['due', 'running', 'done', 'failed'] as const;
export type ReconciliationState = (typeof STATES)[number];

/** A process that has not turned a page for so long is taken for dead. */
const HELD_MIN = 10;
/** A day that failed so often is left alone. */
const MOST_FAILURES = 3;

/** An account and a day in UTC, such as `2026-11-29`. */
export interface AccountDay extends SendingAccount {
  readonly day: string;
  /** Each message is compared, also where the totals agree. */
  readonly everyMessage: boolean;
}

export interface Reconciliation extends AccountDay {
  readonly id: string;
}

export type Counts = Readonly<Partial<Record<DifferenceKind, number>>>;

/** What a finished one found. */
export interface Findings {
  readonly totals: readonly ChannelTotals[];
  /** How many records of the provider's were read; null if the totals sufficed. */
  readonly records: number | null;
  readonly counts: Counts;
}

/** Times are PostgreSQL text. */
export interface ReconciliationRow extends Findings {
  readonly id: string;
  readonly provider: ProviderName;
  readonly provider_account_id: string;
  readonly day: string;
  readonly every_message: boolean;
  readonly requested_by: string;
  readonly state: ReconciliationState;
  readonly reason: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface DifferenceRow {
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly messageId: string | null;
  readonly tenantId: string | null;
  readonly providerMessageId: string | null;
  readonly ours: Said | null;
  readonly theirs: Said | null;
}

export interface ReconciliationFilter {
  readonly day?: string | undefined;
  readonly provider?: ProviderName | undefined;
  readonly state?: ReconciliationState | undefined;
}

@Injectable()
export class ReconciliationStore {
  constructor(private readonly database: Database) {}

  /** Records one as due; returns the id of one that is not finished, if there is one. */
  async request({ accountId, provider, day, everyMessage }: AccountDay, requestedBy: string): Promise<string> {
    const [made] = await this.database.query<{ id: string }>(
      `insert into reconciliation (provider_account_id, provider, day, every_message, requested_by) values ($1, $2, $3, $4, $5)
       on conflict (provider_account_id, day) where finished_at is null do update set day = excluded.day
       returning id`,
      [accountId, provider, day, everyMessage, requestedBy],
    );
    if (!made) throw new Error('a reconciliation that was made has an id');
    return made.id;
  }

  /** Records those as due that have not succeeded, nor failed too often. */
  async plan(accounts: readonly Omit<AccountDay, 'day'>[], day: string): Promise<void> {
    await this.database.query(
      `insert into reconciliation (provider_account_id, provider, day, every_message, requested_by)
       select account_id, provider, $3, every_message, 'schedule'
       from unnest($1::uuid[], $2::text[], $5::boolean[]) as account (account_id, provider, every_message)
       where not exists (select from reconciliation where day = $3 and provider_account_id = account_id and state <> 'failed')
         and (select count(*) from reconciliation where day = $3 and provider_account_id = account_id) < $4
       on conflict do nothing`,
      [
        accounts.map(({ accountId }) => accountId),
        accounts.map(({ provider }) => provider),
        day,
        MOST_FAILURES,
        accounts.map(({ everyMessage }) => everyMessage),
      ],
    );
  }

  /** The one that has waited longest, held for ten minutes; undefined if none waits. */
  async take(): Promise<Reconciliation | undefined> {
    const [taken] = await this.database.query<Reconciliation>(
      `update reconciliation set state = 'running', held_until = clock_timestamp() + make_interval(mins => $1)
       where id = (select id from reconciliation where finished_at is null and state = 'due' order by id limit 1 for update skip locked)
       returning id, provider, provider_account_id as "accountId", day::text, every_message as "everyMessage"`,
      [HELD_MIN],
    );
    return taken;
  }

  /** Holds it for another ten minutes. Raises an Error if its process was taken for dead meanwhile. */
  async hold(id: string): Promise<void> {
    const held = await this.database.query(
      `update reconciliation set held_until = clock_timestamp() + make_interval(mins => $2) where id = $1 and state = 'running'
       returning id`,
      [id, HELD_MIN],
    );
    if (held.length === 0) throw new Error('The reconciliation was taken for abandoned');
  }

  async finish(id: string, { totals, records, counts }: Findings): Promise<void> {
    await this.database.query(
      `update reconciliation set state = 'done', finished_at = clock_timestamp(), totals = $2, records = $3, counts = $4 where id = $1`,
      [id, JSON.stringify(totals), records, JSON.stringify(counts)],
    );
  }

  /** `reason` is shown to the operator: never an address. */
  async fail(id: string, reason: string): Promise<void> {
    await this.database.query(
      `update reconciliation set state = 'failed', finished_at = clock_timestamp(), reason = $2 where id = $1 and state = 'running'`,
      [id, reason],
    );
  }

  /** Those whose process died have failed. Returns their ids. */
  async abandoned(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `update reconciliation set state = 'failed', finished_at = clock_timestamp(), reason = 'The process died that ran it'
       where finished_at is null and held_until < clock_timestamp() returning id`,
    );
    return rows.map(({ id }) => id);
  }

  async addDifferences(id: string, differences: readonly Difference[]): Promise<void> {
    if (differences.length === 0) return;
    await this.database.query(
      `insert into reconciliation_difference (reconciliation_id, kind, message_id, tenant_id, provider_message_id, ours, theirs)
       select $1, kind, "messageId", "tenantId", "providerMessageId", ours, theirs
       from jsonb_to_recordset($2::jsonb) as one (kind text, "messageId" uuid, "tenantId" uuid, "providerMessageId" text, ours jsonb, theirs jsonb)`,
      [id, JSON.stringify(differences)],
    );
  }

  /** Newest first; those before an id. */
  list(
    { day, provider, state }: ReconciliationFilter,
    before: string | undefined,
    limit: number,
  ): Promise<ReconciliationRow[]> {
    const values = new SqlValues(limit);
    const asked = values.all([
      [(place) => `day = ${place}::date`, day],
      [(place) => `provider = ${place}`, provider],
      [(place) => `state = ${place}`, state],
      [(place) => `id < ${place}::uuid`, before],
    ]);
    return this.database.query<ReconciliationRow>(
      `select id, provider, provider_account_id, day::text, every_message, requested_by, state, reason, totals, records, counts,
         uuid_extract_timestamp(id) as created_at, finished_at
       from reconciliation ${asked && `where ${asked}`} order by id desc limit $1`,
      values.list,
    );
  }

  /** What those found that were finished within the last day, by provider. */
  lately(): Promise<{ readonly provider: ProviderName; readonly differences: number }[]> {
    return this.database.query(
      `select provider, coalesce(sum((select sum(value::int) from jsonb_each_text(counts))), 0)::int as differences
       from reconciliation where state = 'done' and finished_at > now() - interval '1 day' group by provider`,
    );
  }

  /** Whether there is one with this id. */
  async exists(id: string): Promise<boolean> {
    return (await this.database.query(`select from reconciliation where id = $1`, [id])).length > 0;
  }

  /** In the order in which they were found; those after an id. */
  differences(
    reconciliationId: string,
    kind: DifferenceKind | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<DifferenceRow[]> {
    const values = new SqlValues(limit, reconciliationId);
    const asked = values.all([
      [(place) => `kind = ${place}`, kind],
      [(place) => `id > ${place}::bigint`, after],
    ]);
    return this.database.query<DifferenceRow>(
      `select id::text, kind, message_id as "messageId", tenant_id as "tenantId", provider_message_id as "providerMessageId", ours, theirs
       from reconciliation_difference where reconciliation_id = $2 ${asked && `and ${asked}`} order by id limit $1`,
      values.list,
    );
  }
}
