/**
 * Runs the event consumers: effect and cursor in one transaction. The cursor is the pair (transaction, sequence), and only
 * events of transactions older than the oldest running one are taken, so that no late commit is skipped (ADR 0004).
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Database } from '../kernel/index.js';
import { EventConsumer } from './event-consumer.js';

const BATCH = 20_000;

interface Cursor {
  readonly tx: string;
  readonly seq: string;
}

/** A consumer's lag. */
export interface ConsumerLag {
  readonly name: string;
  /** Seconds since the oldest event that it could have taken; 0 if there is none. */
  readonly seconds: number;
}

@Injectable()
export class EventConsumers implements OnModuleInit {
  private readonly consumers = new Map<string, EventConsumer>();

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
    let taken: number;
    do taken = await this.database.transaction(() => this.take(consumer));
    while (taken === BATCH);
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

  private named(name: string): EventConsumer {
    const consumer = this.consumers.get(name);
    if (!consumer) throw new Error(`There is no event consumer called ${name}`);
    return consumer;
  }

  private async take(consumer: EventConsumer): Promise<number> {
    const cursor = await this.lockCursor(consumer.name);
    const [batch] = await this.database.query<Cursor & { size: number }>(
      `with upcoming as (
         select tx, seq, at from message_event
         where (tx, seq) > ($1::xid8, $2::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot())
         order by tx, seq limit ${BATCH}
       ), taken as (
         select tx, seq, row_number() over (order by tx, seq) as place from (
           select *, bool_and($3::interval is null or at < now() - $3::interval) over (order by tx, seq) as is_old_enough from upcoming
         ) as upcoming where is_old_enough
       )
       select tx, seq, place::int as size from taken order by place desc limit 1`,
      [cursor.tx, cursor.seq, consumer.minAge],
    );
    if (batch) await consumer.consume({ size: batch.size, events: eventsBetween(cursor, batch) });
    await this.database.query(
      `update event_cursor set tx = $2::xid8, seq = $3::bigint, moved_at = now() where name = $1`,
      [consumer.name, (batch ?? cursor).tx, (batch ?? cursor).seq],
    );
    return batch?.size ?? 0;
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
 * The bounds are inlined, because the relation is part of a statement with its own parameters. They are numbers from the
 * database.
 */
const eventsBetween = (after: Cursor, upTo: Cursor): string => `(
  select * from message_event
  where (tx, seq) > ('${after.tx}'::xid8, ${after.seq}) and (tx, seq) <= ('${upTo.tx}'::xid8, ${upTo.seq}))`;
