/**
 * Runs the event consumers: effect and cursor in one transaction. The cursor is the pair (transaction, sequence), and only
 * events of transactions older than the oldest running one are taken, so that no late commit is skipped (ADR 0004).
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Database, JointReads } from '../kernel/index.js';
import { EventConsumer } from './event-consumer.js';

/** Events taken at once, about. */
const BATCH = 20_000;
/** Fewer where they must be of an age: those that are too young yet are looked at again every second. */
const BATCH_OF_AGE = 2_000;
/** From so many on it pays to read small relations whole, and join by hashing. */
const LARGE = 500n;

interface Cursor {
  readonly tx: string;
  readonly seq: string;
}

/** Up to where the next batch goes. */
interface Batch extends Cursor {
  readonly hasMore: boolean;
}

/** More than there are. */
const CONSUMERS = 1_000;

/**
 * Answers those of the named that need not run: they have taken all there is, which is noted with the time, or gather many. One
 * that is taking events is left out, and so is one that has never run.
 */
const RESTING = `
  with place as materialized (
    select cursor.name, coalesce(next.at >= now() - min_age, next.at is null) as has_all,
      next.at > now() - make_interval(secs => gather_ms / 1000)
        and pg_sequence_last_value('message_event_seq_seq') - cursor.seq > ${LARGE} as gathers
    from unnest($1::text[], $2::interval[], $3::float8[]) as consumer (name, min_age, gather_ms)
    join event_cursor as cursor on cursor.name = consumer.name
    left join lateral (
      select at from message_event
      where (tx, seq) > (cursor.tx, cursor.seq) and tx < pg_snapshot_xmin(pg_current_snapshot())
      order by tx, seq limit 1
    ) as next on true
    for update of cursor skip locked
  ), noted as (
    update event_cursor set moved_at = now() where name in (select name from place where has_all)
  )
  select name from place where has_all or gathers`;

/** A consumer's lag. */
export interface ConsumerLag {
  readonly name: string;
  /** Seconds since the oldest event that it could have taken; 0 if there is none. */
  readonly seconds: number;
}

@Injectable()
export class EventConsumers implements OnModuleInit {
  private readonly consumers = new Map<string, EventConsumer>();
  /** Mostly none has anything to take: one statement tells it of all. */
  private readonly resting = new JointReads(CONSUMERS, (names) => this.noteResting(names), 1);

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly database: Database,
  ) {}

  /** By now the providers of all modules exist. */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) if (instance instanceof EventConsumer) this.add(instance);
  }

  /** Throws if the name is taken: they would share a cursor. */
  add(consumer: EventConsumer): void {
    if (this.consumers.has(consumer.name)) throw new Error(`Two event consumers are called ${consumer.name}`);
    this.consumers.set(consumer.name, consumer);
  }

  get names(): readonly string[] {
    return [...this.consumers.keys()];
  }

  /** Has one consumer take all available events. Safe to run concurrently: the cursor's row is locked. */
  async run(name: string): Promise<void> {
    const consumer = this.named(name);
    let hasMore: boolean;
    do hasMore = await this.database.transaction(() => this.take(consumer));
    while (hasMore);
  }

  /** The same, unless it gathers events. For consumers that are run again and again, all at one time. */
  async runIfBehind(name: string): Promise<void> {
    if (!(await this.resting.get(name))) await this.run(name);
  }

  /**
   * Keeps a consumer from taking events until the open transaction ends, and waits for one that is taking some. Raises an Error
   * outside a transaction.
   */
  async hold(name: string): Promise<void> {
    if (!this.database.inTransaction) throw new Error('A consumer is held until the end of a transaction');
    await this.lockCursor(this.named(name).name);
  }

  /**
   * SQL: a relation like that of an `EventBatch`, with all events of a time that a consumer has taken: to count them again. Hold it
   * first.
   */
  async takenBy(name: string, from: Date, to: Date): Promise<string> {
    const { tx, seq } = await this.lockCursor(this.named(name).name);
    return `(
      select * from message_event
      where at >= '${from.toISOString()}' and at < '${to.toISOString()}' and (tx, seq) <= ('${tx}'::xid8, ${seq}))`;
  }

  /** Whether a consumer has taken all of a tenant's events from before a time, as far as they are committed. */
  async hasTaken(name: string, tenantId: string, before: Date): Promise<boolean> {
    const untaken = await this.database.query(
      `select from message_event
       where (tx, seq) > (select coalesce(max(tx), '0'), coalesce(max(seq), 0) from event_cursor where name = $1)
         and tenant_id = $2 and at < $3 limit 1`,
      [this.named(name).name, tenantId, before.toISOString()],
    );
    return untaken.length === 0;
  }

  /** When a consumer last had taken all events, as PostgreSQL text; undefined before its first run. */
  async movedAt(name: string): Promise<string | undefined> {
    const [cursor] = await this.database.query<{ moved_at: string }>(
      `select moved_at from event_cursor where name = $1`,
      [name],
    );
    return cursor?.moved_at;
  }

  /** The lag of each. */
  async lags(): Promise<ConsumerLag[]> {
    return Promise.all(this.names.map(async (name) => ({ name, seconds: await this.lagOf(this.named(name)) })));
  }

  private async noteResting(names: readonly string[]): Promise<ReadonlyMap<string, true>> {
    const consumers = names.map((name) => this.named(name));
    const resting = await this.database.prepared<{ name: string }>(RESTING, [
      names,
      consumers.map(({ minAge }) => minAge),
      consumers.map(({ gatherMs }) => gatherMs),
    ]);
    return new Map(resting.map(({ name }) => [name, true]));
  }

  private named(name: string): EventConsumer {
    const consumer = this.consumers.get(name);
    if (!consumer) throw new Error(`There is no event consumer called ${name}`);
    return consumer;
  }

  /** Answers whether there may be more. */
  private async take(consumer: EventConsumer): Promise<boolean> {
    const cursor = await this.lockCursor(consumer.name);
    const { sql, ages } = upcomingOf(consumer);
    const [batch] = await this.database.query<Batch>(sql, [cursor.tx, cursor.seq, ...ages]);
    if (batch) await consumer.consume({ events: eventsBetween(cursor, batch), isLarge: isLarge(cursor, batch) });
    await this.database.query(
      `update event_cursor set tx = $2::xid8, seq = $3::bigint, moved_at = now() where name = $1`,
      [consumer.name, (batch ?? cursor).tx, (batch ?? cursor).seq],
    );
    return batch?.hasMore ?? false;
  }

  private async lockCursor(name: string): Promise<Cursor> {
    const lock = `select tx, seq from event_cursor where name = $1 for update`;
    const [cursor] = await this.database.query<Cursor>(lock, [name]);
    if (cursor) return cursor;
    await this.database.query(
      `insert into event_cursor (name, tx, seq) values ($1, '0', 0) on conflict (name) do nothing`,
      [name],
    );
    const [made] = await this.database.query<Cursor>(lock, [name]);
    if (!made) throw new Error('a cursor that was made can be locked');
    return made;
  }

  private async lagOf({ name, minAge }: EventConsumer): Promise<number> {
    const [oldest] = await this.database.query<{ seconds: number }>(
      `select greatest(0, extract(epoch from clock_timestamp() - at - coalesce($2::interval, '0')))::float8 as seconds from message_event
       where (tx, seq) > (
         select coalesce(max(tx), '0'), coalesce(max(seq), 0) from event_cursor where name = $1)
       order by tx, seq limit 1`,
      [name, minAge],
    );
    return oldest?.seconds ?? 0;
  }
}

/**
 * The last event of the next batch, in commit order, and whether there may be more. The last of all is found at once; they are counted
 * only where the sequence says that they may be too many, and a batch may be larger where transactions were committed in another order than they
 * wrote. No event has the sequence 0.
 */
const lastOfUpcoming = (tx: string, seq: string, limit: number): string => `
  select coalesce(cut.tx, last.tx) as tx, coalesce(cut.seq, last.seq) as seq, cut.seq is not null as "hasMore"
  from (
    select tx, seq from message_event where (tx, seq) > ($1::xid8, $2::bigint) and (tx, seq) < (${tx}, ${seq})
    order by tx desc, seq desc limit 1
  ) as last
  left join lateral (
    select tx, seq from message_event
    where last.seq - $2::bigint >= ${limit} and (tx, seq) > ($1::xid8, $2::bigint) and (tx, seq) <= (last.tx, last.seq)
    order by tx, seq offset ${limit - 1} limit 1
  ) as cut on true`;

const UPCOMING = lastOfUpcoming('pg_snapshot_xmin(pg_current_snapshot())', '0', BATCH);

/**
 * Up to the first that is too young. It is found first, and mostly at once, being the first of all: a consumer that has caught
 * up reads one event and not all those of the last hour or day.
 */
const UPCOMING_OF_AGE = `
  with too_young as materialized (
    select tx, seq from (
      select tx, seq, at from message_event
      where (tx, seq) > ($1::xid8, $2::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot())
      order by tx, seq limit ${BATCH_OF_AGE}
    ) as upcoming where at >= now() - $3::interval order by tx, seq limit 1
  )
  ${lastOfUpcoming(
    'coalesce((select tx from too_young), pg_snapshot_xmin(pg_current_snapshot()))',
    'coalesce((select seq from too_young), 0)',
    BATCH_OF_AGE,
  )}`;

/** The statement that finds a consumer's next batch, and its parameters after the cursor. */
const upcomingOf = ({ minAge }: EventConsumer): { sql: string; ages: string[] } =>
  minAge === null ? { sql: UPCOMING, ages: [] } : { sql: UPCOMING_OF_AGE, ages: [minAge] };

/** By the sequence, which has gaps. */
const isLarge = (after: Cursor, upTo: Cursor): boolean => BigInt(upTo.seq) - BigInt(after.seq) > LARGE;

/**
 * The bounds are inlined, because the relation is part of a statement with its own parameters. They are numbers from the
 * database.
 */
const eventsBetween = (after: Cursor, upTo: Cursor): string => `(
  select * from message_event
  where (tx, seq) > ('${after.tx}'::xid8, ${after.seq}) and (tx, seq) <= ('${upTo.tx}'::xid8, ${upTo.seq}))`;
