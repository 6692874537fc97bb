/** The only way to PostgreSQL: MikroORM for the domain, plain SQL for hot paths, both in the same transaction. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery, type Kysely } from 'kysely';
import type { PostgresConnection } from './postgres-driver.js';
import { errorLine } from './error-line.js';
import { confinedTo, unconfined } from './tenant-scope.js';
import { timed } from '../observability/tracing.js';

type Task = () => Promise<void> | void;

/** How many connections a pool has, and how many statements wait for one. */
export interface PoolState {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

interface Scope {
  readonly em: EntityManager;
  readonly beforeCommit: Task[];
  readonly afterCommit: Task[];
  /** Whom its statements are confined to: those of others are no part of it. */
  readonly tenantId: string | undefined;
}

@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly scope = new AsyncLocalStorage<Scope>();

  /** What is read from in place of this, by whoever may. */
  private readonly copy = new AsyncLocalStorage<Database>();

  constructor(private readonly orm: MikroORM) {}

  /** A new entity manager for reading; inside `transaction`, that of the open transaction. */
  em(): EntityManager {
    return this.open?.em ?? this.copy.getStore()?.em() ?? this.orm.em.fork();
  }

  /** Lets `work` read from a copy of this database, except in a transaction and by prepared statements. */
  readingFrom<T>(copy: Database, work: () => Promise<T>): Promise<T> {
    return this.copy.run(copy, work);
  }

  /**
   * Runs `work` in one transaction: all of it is committed, or none. Inside another `transaction` it joins that one. Entities
   * changed through the given manager are flushed before it returns.
   */
  async transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const { open } = this;
    if (open) return this.flushed(open.em, work);
    const [beforeCommit, afterCommit, tenantId]: [Task[], Task[], string | undefined] = [[], [], confinedTo()];
    const result = await this.orm.em.fork().transactional((em) =>
      this.scope.run({ em, beforeCommit, afterCommit, tenantId }, async () => {
        const done = await this.flushed(em, work);
        for (const task of beforeCommit) await task();
        return done;
      }),
    );
    await this.scope.exit(() => this.run(afterCommit));
    return result;
  }

  /** True if the caller's statements are part of an open transaction. */
  get inTransaction(): boolean {
    return this.open !== undefined;
  }

  /** Runs a task as the last of the open transaction, at once without one: for what holds up others until the commit. If it fails, so does all. */
  async beforeCommit(task: Task): Promise<void> {
    const { open } = this;
    if (open) open.beforeCommit.push(task);
    else await task();
  }

  /** Runs a task after the open transaction commits, at once without one. Its effect may be lost in a crash. */
  async afterCommit(task: Task): Promise<void> {
    const { open } = this;
    if (open) open.afterCommit.push(task);
    else await this.run([task]);
  }

  /**
   * Plain SQL with `$1` parameters, in the open transaction if there is one. Times are returned as PostgreSQL text: see
   * `instant`.
   */
  async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const copy = this.inTransaction ? undefined : this.copy.getStore();
    if (copy) return copy.query<Row>(sql, parameters);
    const query = CompiledQuery.raw(sql, [...parameters]);
    const { rows } = await timed(() => this.connection().executeQuery<Row>(query));
    return rows;
  }

  /**
   * The same for a constant hot-path statement, which is planned once per connection instead of each time. The plan knows
   * neither the parameters nor the table sizes: it joins by nested loops over indexes, so each step needs one. In an open
   * transaction it is a plain query, and for a caller who is confined to a tenant.
   */
  async prepared<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    if (this.inTransaction || confinedTo() !== undefined) return this.query<Row>(sql, parameters);
    const connection = this.orm.em.getConnection() as PostgresConnection;
    const query = { name: nameOf(sql), text: sql, values: [...parameters] };
    const { rows } = await timed(() => connection.plannedOnce.query<Row>(query));
    return rows;
  }

  /** Plain SQL on its own connection: committed at once, whatever happens to the open transaction. */
  apart<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.scope.exit(() => this.query<Row>(sql, parameters));
  }

  /** The pools of this process, to look at: that of the service's own role, and that of the requests of tenants. */
  async pools(): Promise<Readonly<Record<'service' | 'tenants', PoolState>>> {
    const connection = this.orm.em.getConnection() as PostgresConnection;
    return { service: await connection.getNativeClient(), tenants: connection.ofTenants };
  }

  private get open(): Scope | undefined {
    const open = this.scope.getStore();
    return open?.tenantId === confinedTo() ? open : undefined;
  }

  private connection(): Kysely<unknown> {
    const transaction = this.open?.em.getTransactionContext<Kysely<unknown>>();
    return transaction ?? this.orm.em.getConnection().getClient<unknown>();
  }

  private async flushed<T>(em: EntityManager, work: (em: EntityManager) => Promise<T>): Promise<T> {
    const result = await work(em);
    await em.flush();
    return result;
  }

  /** What follows a change is for everybody. */
  private async run(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      try {
        await unconfined(task);
      } catch (error) {
        this.logger.warn(`A task after commit failed: ${errorLine(error)}`);
      }
    }
  }
}

const names = new Map<string, string>();

/** The name of a prepared statement in PostgreSQL. */
function nameOf(sql: string): string {
  const name = names.get(sql) ?? createHash('sha256').update(sql).digest('base64url');
  names.set(sql, name);
  return name;
}

/** PostgreSQL's text form of a timestamptz as a Date. */
export function instant(text: string): Date {
  return new Date(text);
}

/** ISO 8601 UTC for responses, from a Date or PostgreSQL's text form; null stays null. */
export function iso(time: Date | string): string;
export function iso(time: Date | string | null | undefined): string | null;
export function iso(time: Date | string | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString();
}
