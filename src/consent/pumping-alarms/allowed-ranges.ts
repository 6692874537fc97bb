/** Ranges of numbers that are never suspected nor blocked: what a tenant knows to be its own business. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';

export interface AllowedRange {
  readonly id: string;
  readonly prefix: string;
  readonly note: string | null;
  /** `admin` or `key:<id>`. */
  readonly createdBy: string;
  /** PostgreSQL text. */
  readonly createdAt: string;
}

const COLUMNS = `id, prefix, note, created_by as "createdBy", created_at as "createdAt"`;

/** SQL: whether a number, or the start of one, lies in such a range. */
export const rangeIsAllowed = (tenantId: string, number: string): string => `exists (
  select from allowed_range as allowed where allowed.tenant_id = ${tenantId} and ${number} ^@ allowed.prefix)`;

@Injectable()
export class AllowedRanges {
  constructor(private readonly database: Database) {}

  /** By their starts. */
  of(tenantId: string): Promise<AllowedRange[]> {
    return this.database.query<AllowedRange>(
      `select ${COLUMNS} from allowed_range where tenant_id = $1 order by prefix collate "C"`,
      [tenantId],
    );
  }

  /** Adds one; one that is there keeps its id, and takes the note. */
  async put(tenantId: string, prefix: string, note: string | null, createdBy: string): Promise<AllowedRange> {
    const [row] = await this.database.query<AllowedRange>(
      `insert into allowed_range (tenant_id, prefix, note, created_by) values ($1, $2, $3, $4)
       on conflict on constraint allowed_range_unique do update set note = excluded.note returning ${COLUMNS}`,
      [tenantId, prefix, note, createdBy],
    );
    if (!row) throw new Error('a range that was put is there');
    return row;
  }

  /** False if there is none. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(`delete from allowed_range where tenant_id = $1 and id = $2 returning id`, [
      tenantId,
      id,
    ]);
    return rows.length > 0;
  }
}
