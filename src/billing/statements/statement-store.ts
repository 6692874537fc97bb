/** The tables of statements, which are written once. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../../kernel/index.js';
import { statementOf } from './statement-document.js';
import type { Statement, StatementContent, StatementLine } from './statement.js';

/** A statement without its lines. Times are PostgreSQL text, months such as `2026-10`. */
export interface StatementRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly month: string;
  readonly tenant_name: string;
  readonly timezone: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly closed_at: string;
  readonly closed_by: string;
  readonly unpriced: number;
  readonly content_hash: string;
}

export interface StoredStatement extends Statement {
  readonly id: string;
  /** `schedule`, or as in the audit log. */
  readonly closedBy: string;
}

type LineRow = Omit<StatementLine, 'chargeMicros'> & { readonly charge_micros: string | null };

const COLUMNS = `id, tenant_id, to_char(month, 'YYYY-MM') as month, tenant_name, timezone, starts_at, ends_at, closed_at, closed_by,
  unpriced::float8 as unpriced, content_hash`;

@Injectable()
export class StatementStore {
  constructor(private readonly database: Database) {}

  /** A tenant's statement of a month. Raises an Error if it is not what its hash is of. */
  async find(tenantId: string, month: string): Promise<StoredStatement | undefined> {
    const [row] = await this.database.query<StatementRow>(
      `select ${COLUMNS} from statement where tenant_id = $1 and month = $2`,
      [tenantId, `${month}-01`],
    );
    if (!row) return undefined;
    const statement = statementOf({ ...contentOf(row), lines: await this.linesOf(row.id) });
    if (statement.contentHash !== row.content_hash) throw new Error('A statement differs from its hash');
    return { ...statement, id: row.id, closedBy: row.closed_by };
  }

  /** A tenant's statements, newest first, below a month. */
  page(tenantId: string, below: string | undefined, limit: number): Promise<StatementRow[]> {
    return this.database.query<StatementRow>(
      `select ${COLUMNS} from statement where tenant_id = $1 and ($2::date is null or month < $2) order by statement.month desc limit $3`,
      [tenantId, below === undefined ? null : `${below}-01`, limit],
    );
  }

  /** The sums of the lines of each statement, by currency. */
  async sums(ids: readonly string[]): Promise<{ statement_id: string; currency: string; micros: string }[]> {
    return this.database.query(
      `select statement_id, currency, sum(charge_micros)::text as micros from statement_line
       where statement_id = any($1) and currency is not null group by statement_id, currency order by currency`,
      [ids],
    );
  }

  /** Writes the next statement of a tenant and closes its month, in the caller's transaction. */
  async write(content: StatementContent, closedBy: string): Promise<StoredStatement> {
    const statement = statementOf(content);
    const { tenantId, tenantName, month, timezone, from, until, closedAt, unpriced, contentHash } = statement;
    const [row] = await this.database.query<{ id: string }>(
      `insert into statement (tenant_id, month, tenant_name, timezone, starts_at, ends_at, closed_at, closed_by, unpriced, content_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
      [
        tenantId,
        `${month}-01`,
        tenantName,
        timezone,
        ...[from, until, closedAt].map((time) => time.toISOString()),
        closedBy,
        unpriced,
        contentHash,
      ],
    );
    if (!row) throw new Error('The statement was not written');
    await this.database.query(
      `insert into statement_line (statement_id, place, kind, month, channel, direction, category, country, provider, unit, messages, units,
         included, charge_micros, currency, note)
       select $1, * from jsonb_to_recordset($2::jsonb) as line (place int, kind text, month date, channel text, direction text, category text,
         country text, provider text, unit text, messages bigint, units bigint, included bigint, charge_micros bigint, currency text, note text)`,
      [row.id, JSON.stringify(statement.lines.map(rowOf))],
    );
    await this.database.query(
      `insert into billing_close (tenant_id, closed_through) values ($1, $2)
       on conflict (tenant_id) do update set closed_through = excluded.closed_through`,
      [tenantId, `${month}-01`],
    );
    return { ...statement, id: row.id, closedBy };
  }

  private async linesOf(id: string): Promise<StatementLine[]> {
    const rows = await this.database.query<LineRow>(
      `select kind, to_char(month, 'YYYY-MM') as month, channel, direction, category, country, provider, unit, messages::float8 as messages,
         units::float8 as units, included::float8 as included, charge_micros::text, currency, note
       from statement_line where statement_id = $1 order by place`,
      [id],
    );
    return rows.map(({ charge_micros: micros, ...line }) => ({
      ...line,
      chargeMicros: micros === null ? null : BigInt(micros),
    }));
  }
}

const contentOf = (row: StatementRow): Omit<StatementContent, 'lines'> => ({
  tenantId: row.tenant_id,
  tenantName: row.tenant_name,
  month: row.month,
  timezone: row.timezone,
  from: instant(row.starts_at),
  until: instant(row.ends_at),
  closedAt: instant(row.closed_at),
});

const rowOf = ({ chargeMicros, month, ...line }: StatementLine, index: number): object => ({
  ...line,
  place: index + 1,
  month: `${month}-01`,
  charge_micros: chargeMicros === null ? null : String(chargeMicros),
});
