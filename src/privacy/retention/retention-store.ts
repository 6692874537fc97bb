/** How far each tenant's data have been erased, and the rows that are. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { erasedAddress, isErased, type RetentionKind } from '../../tenants/index.js';
import { OLD_ROWS } from '../registry/old-rows.js';

/** One tenant's data of one kind, that are older than so many days. */
export interface Old {
  readonly tenantId: string;
  readonly kind: RetentionKind;
  readonly days: number;
}

interface OldRow {
  readonly id: string;
  readonly address: string;
  readonly ready: boolean;
}

/** What has become of a kind of data. Times are PostgreSQL text. */
export interface WalkRow {
  readonly kind: RetentionKind;
  readonly erased: number;
  /** Rows that were not ready when their turn came. */
  readonly left: number;
  /** The age of the youngest row that was looked at; null before the first. */
  readonly reachedAt: string | null;
  readonly walkedAt: string;
}

/** Rows of one transaction. */
const BATCH = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class RetentionStore {
  constructor(private readonly database: Database) {}

  /** Erases the next batch, in a transaction: whether there may be more. False where another process does it. */
  step(old: Old): Promise<boolean> {
    return this.database.transaction(async () => {
      const after = await this.take(old);
      if (after === undefined) return false;
      const rows = await this.database.query<OldRow>(
        `${OLD_ROWS[old.kind].rows} and t.id > $2 and t.id < uuidv7_floor(now() - make_interval(days => $3::int))
         order by t.id limit ${BATCH}`,
        [old.tenantId, after, old.days],
      );
      const erased = await this.erase(old.kind, rows);
      await this.leave(old, rows);
      await this.advance(old, rows.at(-1)?.id ?? after, erased);
      return rows.length === BATCH;
    });
  }

  /** Looks again at what was left. */
  again(old: Old): Promise<void> {
    const { tenantId, kind } = old;
    return this.database.transaction(async () => {
      if ((await this.take(old)) === undefined) return;
      const rows = await this.database.query<OldRow>(
        `${OLD_ROWS[kind].rows} and t.id = any (array(
           select id from retention_left where tenant_id = $1 and kind = $2 order by id limit ${BATCH})) order by t.id`,
        [tenantId, kind],
      );
      const erased = await this.erase(kind, rows);
      await this.database.query(`delete from retention_left where tenant_id = $1 and kind = $2 and id = any ($3)`, [
        tenantId,
        kind,
        rows.filter(({ ready }) => ready).map(({ id }) => id),
      ]);
      await this.advance(old, BEFORE_ALL, erased);
    });
  }

  /** Erases what stands in other tables, batch by batch, each a statement of its own. */
  async beside({ tenantId, kind, days }: Old): Promise<void> {
    for (const statement of OLD_ROWS[kind].beside) {
      let rows: unknown[];
      do rows = await this.database.query(`${statement} returning 1`, [tenantId, days, BATCH]);
      while (rows.length === BATCH);
    }
  }

  /** By kind, of those that have been looked at. */
  async walks(tenantId: string): Promise<ReadonlyMap<RetentionKind, WalkRow>> {
    const rows = await this.database.query<WalkRow>(
      `select kind, erased::float8 as erased, walked_at as "walkedAt", uuid_extract_timestamp(nullif(after, $2::uuid)) as "reachedAt",
         (select count(*)::int from retention_left as waits
            where waits.tenant_id = $1 and waits.kind = retention_walk.kind) as left
       from retention_walk where tenant_id = $1`,
      [tenantId, BEFORE_ALL],
    );
    return new Map(rows.map((row) => [row.kind, row]));
  }

  /** Locks the place up to which rows have been looked at; undefined if another process has it. */
  private async take({ tenantId, kind }: Old): Promise<string | undefined> {
    await this.database.query(
      `insert into retention_walk (tenant_id, kind) values ($1, $2) on conflict (tenant_id, kind) do nothing`,
      [tenantId, kind],
    );
    const [row] = await this.database.query<{ after: string }>(
      `select after from retention_walk where tenant_id = $1 and kind = $2 for no key update skip locked`,
      [tenantId, kind],
    );
    return row?.after;
  }

  private async advance({ tenantId, kind }: Old, after: string, erased: number): Promise<void> {
    await this.database.query(
      `update retention_walk set after = greatest(after, $3::uuid), erased = erased + $4, walked_at = clock_timestamp()
       where tenant_id = $1 and kind = $2`,
      [tenantId, kind, after, erased],
    );
  }

  /** Answers how many there were. */
  private async erase(kind: RetentionKind, rows: readonly OldRow[]): Promise<number> {
    const ready = rows.filter((row) => row.ready);
    if (ready.length === 0) return 0;
    const ids = ready.map(({ id }) => id);
    const masks = ready.map(({ address }) => (isErased(address) ? address : erasedAddress(address)));
    for (const statement of OLD_ROWS[kind].erase) {
      await this.database.query(statement, statement.includes('$2') ? [ids, masks] : [ids]);
    }
    return ready.length;
  }

  private async leave({ tenantId, kind }: Old, rows: readonly OldRow[]): Promise<void> {
    const waiting = rows.filter(({ ready }) => !ready).map(({ id }) => id);
    if (waiting.length === 0) return;
    await this.database.query(
      `insert into retention_left (tenant_id, kind, id) select $1, $2, id from unnest($3::uuid[]) as waiting (id)
       on conflict do nothing`,
      [tenantId, kind, waiting],
    );
  }
}
