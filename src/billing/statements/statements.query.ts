/** Reads statements, and which months are to be closed next. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  decodeCursor,
  encodeCursor,
  isUuid,
  pageOf,
  Replica,
  type Page,
  type PageQuery,
  iso,
} from '../../kernel/index.js';
import { canonicalText } from './statement-document.js';
import { statementCsv } from './statement-csv.js';
import { statementPage } from './statement-page.js';
import { StatementPrinter } from './statement-printer.js';
import { sheetOf } from './statement-sheet.js';
import { StatementStore, type StoredStatement } from './statement-store.js';
import { MonthAmounts } from './month-amounts.js';
import { MonthCalendar } from './month-calendar.js';
import {
  rowSummary,
  statementView,
  type ClosingView,
  type StatementExportQuery,
  type StatementSummary,
  type StatementView,
} from './statements.dto.js';
import { StatementNotFound } from './statements.errors.js';
import { totalOf } from './statement.js';

const isMonth = (text: string): boolean => /^\d{4}-\d{2}$/.test(text);

export class ListStatements extends Query<Page<StatementSummary>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

export class GetStatement extends Query<StatementView> {
  constructor(
    readonly tenantId: string,
    readonly month: string,
  ) {
    super();
  }
}

export class ExportStatement extends Query<Buffer> {
  constructor(
    readonly tenantId: string,
    readonly month: string,
    readonly query: StatementExportQuery,
  ) {
    super();
  }
}

/** Of all tenants. */
export class ListClosing extends Query<Page<ClosingView>> {
  constructor(readonly page: PageQuery) {
    super();
  }
}

@QueryHandler(ListStatements)
export class ListStatementsHandler implements IQueryHandler<ListStatements> {
  constructor(
    private readonly store: StatementStore,
    private readonly replica: Replica,
  ) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListStatements): Promise<Page<StatementSummary>> {
    const [below] = cursor ? decodeCursor(cursor, 1, isMonth) : [];
    const { rows, sums } = await this.replica.read(async () => {
      const page = await this.store.page(tenantId, below, limit + 1);
      return { rows: page, sums: await this.store.sums(page.map(({ id }) => id)) };
    });
    return pageOf(
      rows,
      limit,
      ({ month }) => encodeCursor(month),
      (row) =>
        rowSummary(
          row,
          sums
            .filter(({ statement_id }) => statement_id === row.id)
            .map(({ currency, micros }) => totalOf(currency, BigInt(micros))),
        ),
    );
  }
}

@QueryHandler(GetStatement)
export class GetStatementHandler implements IQueryHandler<GetStatement> {
  constructor(private readonly store: StatementStore) {}

  /** Raises StatementNotFound. */
  async execute({ tenantId, month }: GetStatement): Promise<StatementView> {
    return statementView(await found(this.store, tenantId, month));
  }
}

@QueryHandler(ExportStatement)
export class ExportStatementHandler implements IQueryHandler<ExportStatement> {
  constructor(
    private readonly store: StatementStore,
    private readonly printer: StatementPrinter,
  ) {}

  /** The same file each time. Raises StatementNotFound, and StatementTooLong for a PDF. */
  async execute({ tenantId, month, query: { format, language } }: ExportStatement): Promise<Buffer> {
    const statement = await found(this.store, tenantId, month);
    switch (format) {
      case 'csv':
        return Buffer.from(statementCsv(statement));
      case 'json':
        return Buffer.from(canonicalText(statement));
      case 'html':
        return Buffer.from(statementPage(sheetOf(statement, language)));
      case 'pdf':
        return this.printer.print(sheetOf(statement, language));
    }
  }
}

@QueryHandler(ListClosing)
export class ListClosingHandler implements IQueryHandler<ListClosing> {
  constructor(
    private readonly calendar: MonthCalendar,
    private readonly amounts: MonthAmounts,
  ) {}

  /** Raises InvalidCursor. */
  async execute({ page: { limit, cursor } }: ListClosing): Promise<Page<ClosingView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const months = await this.calendar.all(after, limit + 1);
    const sums = await this.amounts.sumsOf(months);
    return pageOf(
      months,
      limit,
      ({ tenantId }) => encodeCursor(tenantId),
      ({ tenantId, tenantName, timezone, month, until, closesAt, isOver }) => ({
        tenantId,
        tenantName,
        timezone,
        month,
        until: iso(until),
        closesAt: iso(closesAt),
        isOver,
        ...sums(tenantId),
      }),
    );
  }
}

async function found(store: StatementStore, tenantId: string, month: string): Promise<StoredStatement> {
  const statement = await store.find(tenantId, month);
  if (!statement) throw new StatementNotFound();
  return statement;
}
