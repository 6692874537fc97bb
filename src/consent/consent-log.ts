/** The consent log and the current state, written together. */
import { Injectable } from '@nestjs/common';
import { Database, DomainEvents } from '../kernel/index.js';
import { consentChannel, type Channel } from '../tenants/index.js';
import { ConsentChanged, type ConsentChangedGroup } from './consent-changed.event.js';
import { newsOf } from './consent-news.js';
import type { ConsentStatus, Decision, OptOutCategory } from './consent.entity.js';
import { NEWEST_OF_EACH, shownStatus } from './marketing-opt-outs.sql.js';

export interface ConsentChange {
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly address: string;
  readonly status: Decision;
  /** What an opt-out is of alone; of everything where absent. */
  readonly category?: OptOutCategory | undefined;
  readonly source: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** The source: `admin`, `key:<id>`, `recipient` or `provider`. */
  readonly actor: string;
  /** When the person decided; now, if absent or in the future. */
  readonly occurredAt?: Date;
}

/** The state before and after one change. Equal if the change was a repeat, or older than the state. */
export interface ConsentOutcome {
  readonly previous: ConsentStatus;
  readonly current: Decision;
}

type Subject = Pick<ConsentChange, 'venueId' | 'channel' | 'address'>;

/** Of a subject's log; times are PostgreSQL text. All null if the log is empty. */
export interface Milestones {
  readonly firstSource: string | null;
  readonly firstAt: string | null;
  readonly lastOptInAt: string | null;
  readonly lastOptOutAt: string | null;
}

interface Row extends ConsentOutcome {
  readonly position: number;
}

/** The log is written from the upsert's result, while it holds the row: previous states form a chain without gaps. */
const RECORD = `
  with change as (
    select *, least(coalesce(given_at, statement_timestamp()), statement_timestamp()) as occurred_at
    from unnest($1::int[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::timestamptz[], $11::text[])
      as given (position, tenant_id, venue_id, channel, address, status, source, evidence, actor, given_at, category)
  ), state as (
    insert into consent as held
      (venue_id, channel, address, tenant_id, status, source, occurred_at, marketing_out_at, marketing_out_source)
    select venue_id, channel, address, tenant_id, case when category is null then status else 'unknown' end, source, occurred_at,
      case when category = 'marketing' then occurred_at end, case when category = 'marketing' then source end
    from change
    order by venue_id, channel, address
    on conflict (venue_id, channel, address) do update
      set ${NEWEST_OF_EACH}
    returning venue_id, channel, address, coalesce(${shownStatus('old')}, 'unknown') as previous, ${shownStatus('new')} as current
  ), log as (
    insert into consent_event
      (tenant_id, venue_id, channel, address, status, category, previous_status, source, evidence, actor, occurred_at)
    select tenant_id, venue_id, channel, address, status, category, previous, source, evidence, actor, occurred_at
    from change join state using (venue_id, channel, address)
    returning id, tenant_id, venue_id, channel, address
  ), ${newsOf('log join state using (venue_id, channel, address)')}
  select position, previous, current from change join state using (venue_id, channel, address)`;

/** A person's decision that a provider reports, about a message of ours. */
export type ReportedChange = ConsentChange & { readonly evidence?: { readonly messageId?: string } };

/** SQL: when an entry of the log holds a change, beside its subject and source. */
const SAME_DECISION = `entry.status = change.status and entry.category is not distinct from change.category
  and entry.occurred_at = change.given_at`;
const SAME_REPORT = `entry.evidence ->> 'messageId' = change.message_id`;

/** Positions of the changes that the log holds already. */
const recorded = (sameness: string): string => `
  select position
  from unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[])
    as change (position, venue_id, channel, address, source, status, given_at, message_id, category)
  where exists (
    select from consent_event as entry
    where (entry.venue_id, entry.channel, entry.address) = (change.venue_id, change.channel, change.address)
      and entry.source = change.source and ${sameness})`;

@Injectable()
export class ConsentLog {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Records any number of changes in one transaction, as if one after the other; outcomes are in the order given. The newest
   * decision by `occurredAt` is the state, and at the same instant an opt-out wins, so the order of arrival does not matter.
   * Every change enters the log, even one that changes nothing: a repeated STOP is evidence. Rows are locked in one order, so
   * that batches cannot deadlock: a transaction with several changes must record them all in one call.
   */
  record(changes: readonly ConsentChange[]): Promise<ConsentOutcome[]> {
    return this.database.transaction(async () => {
      const outcomes: ConsentOutcome[] = [];
      for (const round of rounds(changes)) {
        const rows = await this.database.query<Row>(RECORD, columns(round));
        for (const { position, previous, current } of rows) outcomes[position] = { previous, current };
      }
      const changed = changes.filter((_, position) => outcomes[position]?.previous !== outcomes[position]?.current);
      if (changed.length > 0) await this.events.publish([new ConsentChanged(groupsOf(changed))]);
      return outcomes;
    });
  }

  /** When and where a subject was first heard of, and its last decisions; of an earlier instant if `at` is given. */
  async milestones({ venueId, channel, address }: Subject, at?: Date): Promise<Milestones> {
    const [row] = await this.database.query<Milestones>(
      `select (array_agg(source order by occurred_at, id))[1] as "firstSource", min(occurred_at) as "firstAt",
         max(occurred_at) filter (where status = 'opted_in') as "lastOptInAt",
         max(occurred_at) filter (where status = 'opted_out') as "lastOptOutAt"
       from consent_event
       where venue_id = $1 and address = $2 and channel = $3 and ($4::timestamptz is null or occurred_at <= $4)`,
      [venueId, address, channel, at ?? null],
    );
    if (!row) throw new Error('An aggregate has a row');
    return row;
  }

  /** Whether a person has opted out since, of anything. */
  async optedOutSince({ venueId, channel, address }: Subject, since: Date): Promise<boolean> {
    const [row] = await this.database.query<{ out: boolean }>(
      `select exists (
         select from consent_event
         where venue_id = $1 and address = $2 and channel = $3 and status = 'opted_out' and occurred_at >= $4) as out`,
      [venueId, address, consentChannel(channel), since],
    );
    return row?.out ?? false;
  }

  /** Like `record`, for a list that may be sent again: what the log holds already is passed over. Returns how many states changed. */
  async recordOnce(changes: readonly ConsentChange[]): Promise<number> {
    const outcomes = await this.recordNew(changes, SAME_DECISION);
    return outcomes.filter(({ previous, current }) => previous !== current).length;
  }

  /**
   * Records each decision once, however often its provider reports it: a repeat would undo what the person decided since.
   */
  async recordReported(reported: readonly ReportedChange[]): Promise<void> {
    await this.recordNew(onePerMessage(reported), SAME_REPORT);
  }

  private async recordNew(changes: readonly ReportedChange[], sameness: string): Promise<ConsentOutcome[]> {
    if (changes.length === 0) return [];
    return this.database.transaction(async () => {
      const held = await this.database.query<{ position: number }>(recorded(sameness), identities(changes));
      const known = new Set(held.map(({ position }) => position));
      return this.record(changes.filter((_, position) => !known.has(position)));
    });
  }
}

function onePerMessage(changes: readonly ReportedChange[]): ReportedChange[] {
  const keyOf = ({ venueId, channel, address, source, evidence }: ReportedChange): string =>
    JSON.stringify([venueId, consentChannel(channel), address, source, evidence?.messageId]);
  return [...new Map(changes.toReversed().map((change) => [keyOf(change), change])).values()].reverse();
}

/** The parameters of `recorded`. */
const identities = (changes: readonly ReportedChange[]): unknown[][] => [
  [...changes.keys()],
  changes.map(({ venueId }) => venueId),
  changes.map(({ channel }) => consentChannel(channel)),
  changes.map(({ address }) => address),
  changes.map(({ source }) => source),
  changes.map(({ status }) => status),
  changes.map(({ occurredAt }) => occurredAt ?? null),
  changes.map(({ evidence }) => evidence?.messageId ?? null),
  changes.map(({ category }) => category ?? null),
];

function groupsOf(changes: readonly ConsentChange[]): ConsentChangedGroup[] {
  const keyOf = ({ venueId, channel, status, source }: ConsentChange): string =>
    `${venueId} ${consentChannel(channel)} ${status} ${source}`;
  return [...Map.groupBy(changes, keyOf).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const { tenantId, venueId, channel, status, source } = first;
    return [{ tenantId, venueId, channel: consentChannel(channel), status, source, people: alike.length }];
  });
}

type Placed = readonly [position: number, change: ConsentChange];

/** One round if no address repeats, as almost always; an address's second change goes to the second round, and so on. */
function rounds(changes: readonly ConsentChange[]): Placed[][] {
  const seen = new Map<string, number>();
  const result: Placed[][] = [];
  for (const [position, change] of changes.entries()) {
    const subject = JSON.stringify([change.venueId, consentChannel(change.channel), change.address]);
    const round = seen.get(subject) ?? 0;
    seen.set(subject, round + 1);
    (result[round] ??= []).push([position, change]);
  }
  return result;
}

function columns(round: readonly Placed[]): unknown[][] {
  const column = (value: (change: ConsentChange) => unknown): unknown[] => round.map(([, change]) => value(change));
  return [
    round.map(([position]) => position),
    column(({ tenantId }) => tenantId),
    column(({ venueId }) => venueId),
    column(({ channel }) => consentChannel(channel)),
    column(({ address }) => address),
    column(({ status }) => status),
    column(({ source }) => source),
    column(({ evidence }) => (evidence ? JSON.stringify(evidence) : null)),
    column(({ actor }) => actor),
    column(({ occurredAt }) => occurredAt ?? null),
    column(({ category }) => category ?? null),
  ];
}
