/** Erasures: how far each has come, and what it has erased. */
import { Injectable } from '@nestjs/common';
import { PersonDigests } from '../consent/index.js';
import { Database, KeyRing } from '../kernel/index.js';
import type { Person, PersonKind } from './person.js';

/** `watching`: everything is erased, and what providers still report is too. */
export const ERASURE_STATES = ['running', 'watching', 'done'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** Rows erased in a table, and when the last of them was, as ISO 8601. */
export type ErasedRows = Readonly<Record<string, { readonly rows: number; readonly at: string }>>;

/** Times are ISO 8601. */
export interface ErasedTable {
  readonly table: string;
  readonly rows: number;
  readonly at: string;
}

/** What an erasure certifies. It names nobody. */
export interface Certificate {
  readonly erasureId: string;
  readonly tenantId: string;
  readonly kind: string;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly erasedAt: string;
  readonly watchedUntil: string;
  /** Nothing is looked for any more. */
  readonly isFinal: boolean;
  readonly tables: ErasedTable[];
  /** SHA-256 in hex of all fields before, as JSON in this order without spaces. */
  readonly contentHash: string;
}

/** As stored; times as PostgreSQL text. */
export interface ErasureRow {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: PersonKind;
  readonly state: ErasureState;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly erasedAt: string | null;
  readonly watchedUntil: string | null;
  readonly erased: ErasedRows;
  readonly certificate: Certificate | null;
}

/** One that is worked on. */
export interface OpenErasure extends ErasureRow {
  readonly address: string;
  readonly step: number;
  readonly after: string | null;
  readonly fileIds: readonly string[];
}

const COLUMNS = `id, tenant_id as "tenantId", kind, state, requested_by as "requestedBy", requested_at as "requestedAt",
  erased_at as "erasedAt", watched_until as "watchedUntil", erased, certificate`;
const OPEN_COLUMNS = `${COLUMNS}, address, step, after, file_ids as "fileIds"`;

/** SQL: whether any erasure has something to do now. */
export const ANY_ERASURE_DUE = `exists (select from erasure where due_at <= now())`;

@Injectable()
export class ErasureStore {
  constructor(
    private readonly database: Database,
    private readonly digests: PersonDigests,
    private readonly keys: KeyRing,
  ) {}

  /** The erasure of this person that is open, from now on. One that only watches begins anew. Exports of the person can be read no more. */
  async open({ tenantId, kind, address }: Person, actor: string): Promise<ErasureRow> {
    const [row] = await this.database.query<ErasureRow>(
      `with gone as (delete from person_export where tenant_id = $1 and digest = $3)
       insert into erasure (tenant_id, kind, digest, address, requested_by) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, digest) where state <> 'done' do update
         set due_at = now(), step = case erasure.state when 'watching' then 0 else erasure.step end, watched_until = null
       returning ${COLUMNS}`,
      [tenantId, kind, this.digests.of(address), this.keys.encrypt(address, contextOf(tenantId)), actor],
    );
    if (!row) throw new Error('an upsert answers its row');
    return row;
  }

  async find(tenantId: string, id: string): Promise<ErasureRow | undefined> {
    const [row] = await this.database.query<ErasureRow>(
      `select ${COLUMNS} from erasure where tenant_id = $1 and id = $2`,
      [tenantId, id],
    );
    return row;
  }

  /** Newest first. */
  page(tenantId: string, before: string | undefined, limit: number): Promise<ErasureRow[]> {
    return this.database.query<ErasureRow>(
      `select ${COLUMNS} from erasure where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenantId, before ?? null, limit + 1],
    );
  }

  /** Since when the oldest person waits; 0 without one. */
  async oldestSeconds(): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }>(
      `select coalesce(extract(epoch from now() - min(requested_at)), 0)::float8 as seconds from erasure
       where due_at is not null and state = 'running'`,
    );
    return row?.seconds ?? 0;
  }

  /** Locks one that is due, and that no other process works on. */
  async take(): Promise<OpenErasure | undefined> {
    const [row] = await this.database.query<OpenErasure>(
      `select ${OPEN_COLUMNS} from erasure where due_at <= now() order by due_at limit 1 for update skip locked`,
    );
    return row && { ...row, address: this.keys.decrypt(row.address, contextOf(row.tenantId)) };
  }

  /** Where it goes on, and what it has erased so far. */
  async move(id: string, to: Pick<OpenErasure, 'step' | 'after' | 'erased' | 'fileIds'>): Promise<void> {
    await this.database.query(`update erasure set step = $2, after = $3, erased = $4, file_ids = $5 where id = $1`, [
      id,
      to.step,
      to.after,
      JSON.stringify(to.erased),
      to.fileIds,
    ]);
  }

  /** Begins again, in so many seconds. */
  async repeat(id: string, seconds: number): Promise<void> {
    await this.database.query(
      `update erasure set step = 0, after = null, due_at = now() + make_interval(secs => $2) where id = $1`,
      [id, seconds],
    );
  }

  /** Goes on where it is, in so many seconds. */
  async put(id: string, seconds: number): Promise<void> {
    await this.database.query(`update erasure set due_at = now() + make_interval(secs => $2) where id = $1`, [
      id,
      seconds,
    ]);
  }

  /** It has gone through everything: watched for some hours from the first time on, and then over. Answers the row as it is now. */
  async finish(id: string, watchHours: number, everyHours: number): Promise<ErasureRow> {
    const [row] = await this.database.query<ErasureRow>(
      `update erasure set step = 0, after = null, erased_at = coalesce(erased_at, now()), certificate = coalesce(certificate, '{}'),
         watched_until = coalesce(watched_until, now() + make_interval(hours => $2)),
         state = case when watched_until <= now() then 'done' else 'watching' end,
         address = case when watched_until <= now() then null else address end,
         due_at = case when watched_until <= now() then null
           else least(now() + make_interval(hours => $3), coalesce(watched_until, now() + make_interval(hours => $2))) end
       where id = $1 returning ${COLUMNS}`,
      [id, watchHours, everyHours],
    );
    if (!row) throw new Error('an erasure that is worked on is there');
    return row;
  }

  async certify(id: string, certificate: Certificate): Promise<void> {
    await this.database.query(`update erasure set certificate = $2 where id = $1`, [id, JSON.stringify(certificate)]);
  }
}

const contextOf = (tenantId: string): string => `erasure:${tenantId}`;
