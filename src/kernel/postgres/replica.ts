/** Reads that may be some seconds old go to a standby, if there is one that is not older. */
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import type { EventCount, Metrics } from '../observability/metrics.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { Database } from './database.js';
import { isUnavailable } from './database-errors.js';
import { errorLine } from './error-line.js';
import { ReplayMarks } from './replay-marks.js';

/** How often it is asked how far the standby is. */
const LOOK_MS = 1_000;
/** A standby may be cut off without a word: then the primary answers after this long. */
const ANSWER_MS = 10_000;
const BEHIND = 'too far behind';
/** The server that was copied, and the database in it: another one's log says nothing about this one. */
const IDENTITY = `(select system_identifier from pg_control_system()) || ' ' || current_database() as identity`;

interface Place {
  readonly position: string;
  readonly identity: string;
}

export interface ReplicaOptions {
  /** Of MikroORM, for the standby's URL; undefined if there is none. */
  readonly orm: Options | undefined;
  /** How old what it answers may be. */
  readonly lagSeconds: number;
}

/** A standby that cannot be used, with the reason. */
class UnusableReplica extends Error {}

export class Replica implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new SparingLogger(new Logger(Replica.name));
  private readonly marks: ReplayMarks;
  private readonly lagMs: number;
  private reason = BEHIND;
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly copy: Database | undefined;
  private readonly reads: EventCount<'by'>;

  private constructor(
    private readonly database: Database,
    private readonly orm: MikroORM | undefined,
    lagSeconds: number,
    metrics: Metrics,
  ) {
    this.copy = orm && new Database(orm);
    this.lagMs = lagSeconds * 1_000;
    this.marks = new ReplayMarks(this.lagMs);
    this.reads = metrics.counter({
      name: 'callboard.replica_reads_total',
      help: 'Reads that the replica may answer, by who answered',
      labels: { by: ['replica', 'primary'] },
    });
    metrics.gauge(
      { name: 'callboard.replica_staleness_seconds', help: 'How old the data of the replica are at most' },
      () => Promise.resolve(this.isConfigured ? [{ value: this.stalenessSeconds }] : []),
    );
  }

  /** Connects when it is first asked. */
  static async of(database: Database, metrics: Metrics, { orm, lagSeconds }: ReplicaOptions): Promise<Replica> {
    const driverOptions = { ...orm?.driverOptions, query_timeout: ANSWER_MS };
    return new Replica(database, orm && (await MikroORM.init({ ...orm, driverOptions })), lagSeconds, metrics);
  }

  get isConfigured(): boolean {
    return this.copy !== undefined;
  }

  /** What it would answer now lacks nothing that is older than this; infinite if nothing is known of it. */
  get stalenessSeconds(): number {
    return this.marks.staleness(performance.now()) / 1_000;
  }

  /** Why it is not read from; undefined if it is. */
  get obstacle(): string | undefined {
    return this.marks.staleness(performance.now()) <= this.lagMs ? undefined : this.reason;
  }

  /**
   * Lets `work` read from the replica if that lacks nothing older than the given time, else from the primary. Whatever fails on the
   * replica is done again on the primary, which has the last word: `work` only reads, and what it reads decides nothing.
   */
  async read<T>(work: () => Promise<T>): Promise<T> {
    if (!this.copy || this.database.inTransaction) return work();
    if (this.obstacle === undefined) {
      try {
        const answer = await this.database.readingFrom(this.copy, work);
        this.reads.add({ by: 'replica' });
        return answer;
      } catch (error) {
        if (isUnavailable(error)) this.lose(error);
      }
    }
    this.reads.add({ by: 'primary' });
    return work();
  }

  onApplicationBootstrap(): void {
    if (!this.copy) return;
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
    void this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.orm?.close(true);
  }

  /** Never rejects. One at a time: a standby that does not answer grows older meanwhile. */
  private look(): Promise<void> {
    return (this.looking ??= this.compare()
      .catch((error: unknown) => this.lose(error))
      .finally(() => (this.looking = undefined)));
  }

  private async compare(): Promise<void> {
    const askedAt = performance.now();
    const [[primary], [standby]] = await Promise.all([
      this.database.query<Place>(WRITTEN),
      this.copy?.query<Place & { readonly following: boolean }>(REPLAYED) ?? [],
    ]);
    if (!primary || !standby) return;
    if (!standby.following) throw new UnusableReplica('follows no primary');
    if (standby.identity !== primary.identity) throw new UnusableReplica('of another database');
    this.reason = BEHIND;
    this.marks.note(askedAt, BigInt(primary.position));
    this.marks.reach(BigInt(standby.position));
  }

  private lose(error: unknown): void {
    this.marks.forget();
    this.reason = error instanceof UnusableReplica ? error.message : 'no answer';
    this.logger.warn(`The replica is not read from, the primary answers: ${errorLine(error)}`);
  }
}

const WRITTEN = `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as position, ${IDENTITY}`;
const REPLAYED = `select pg_wal_lsn_diff(coalesce(pg_last_wal_replay_lsn(), '0/0'), '0/0')::text as position, pg_is_in_recovery() as following, ${IDENTITY}`;
