/** The ledger's monthly partitions: made ahead, and reported when they are missing. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, HealthChecks, Metrics, Scheduled } from '../kernel/index.js';

/** Cheap if there is nothing to create; a missing month is missing for no longer than this. */
const EVERY_MS = 60_000;
const AHEAD = 3;
/** A month's notice for an operator. */
const FEWEST = 2;

export interface LedgerMonth {
  /** Such as `2026-11`, in UTC. */
  readonly month: string;
  /** Both messages and their events have a partition. */
  readonly isComplete: boolean;
  /** As PostgreSQL last estimated them; null before it has. */
  readonly messages: number | null;
  /** Tables and indexes. */
  readonly bytes: number;
}

/** SQL: from when on the ledger has messages. */
export const OLDEST_MESSAGES = `(
  select min(to_timestamp(right(relname, 7) || ' UTC', 'YYYY_MM TZ')) from pg_inherits join pg_class on pg_class.oid = inhrelid
  where inhparent = 'message'::regclass and relname ~ '_\\d{4}_\\d\\d$')`;

@Injectable()
export class Months implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('months', false, async () => {
      const ahead = await this.ahead();
      if (ahead < FEWEST) {
        throw new Error(
          `the ledger has partitions for fewer than ${FEWEST} months ahead (${ahead}): a worker makes them, see its log`,
        );
      }
    });
    this.metrics.gauge(
      {
        name: 'callboard.months_ahead',
        help: 'Months after this one for which the ledger has partitions; -1 when it lacks this one',
      },
      async () => [{ value: await this.ahead() }],
    );
  }

  @Scheduled({ name: 'make-months', everyMs: EVERY_MS })
  make(): Promise<void> {
    return this.ensure(AHEAD);
  }

  /** All that there are, the oldest first. */
  list(): Promise<LedgerMonth[]> {
    return this.database.query<LedgerMonth>(
      `select replace(right(relname, 7), '_', '-') as month, count(*) = 2 as "isComplete",
         nullif(sum(reltuples) filter (where inhparent = 'message'::regclass), -1)::float8 as messages,
         sum(pg_total_relation_size(pg_class.oid))::float8 as bytes
       from pg_inherits join pg_class on pg_class.oid = inhrelid
       where inhparent in ('message'::regclass, 'message_event'::regclass) and relname ~ '_\\d{4}_\\d\\d$'
       group by 1 order by 1`,
    );
  }

  /** Makes the partitions of last month, this one and so many after it, up to 12. Cheap if there is nothing to make. */
  async ensure(ahead: number): Promise<void> {
    await this.database.query('select ensure_months($1)', [ahead]);
  }

  /** For how many months after this one there are partitions, counted to those that are kept ready; -1 without this one's. */
  private async ahead(): Promise<number> {
    const [found] = await this.database.query<{ ahead: number }>('select months_ahead($1) as ahead', [AHEAD]);
    return found?.ahead ?? -1;
  }
}
