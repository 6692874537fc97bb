/** Reads a report: a page of its lines with the total, or all lines as CSV. */
import { pipeline, type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { stringify, type Stringifier } from 'csv-stringify';
import {
  decodeCursor,
  encodeCursor,
  InvalidCursor,
  iso,
  pageOf,
  Replica,
  type Page,
  type Principal,
  streamOf,
} from '../kernel/index.js';
import { EventConsumers } from '../ledger/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { dimension, type DimensionName } from './report-dimensions.js';
import { ReportPeriods } from './report-period.js';
import { ReportReader, type AskedReport, type Period, type ReportFilter } from './report-reader.js';
import { REPORTS, type ReportName } from './report.js';

/** Lines read at a time for CSV. */
const PAGE = 5_000;

/** What a caller asks for; each report has its own filters among these. */
export interface ReportWish extends Partial<Period>, ReportFilter {
  readonly by?: readonly DimensionName[];
  readonly limit: number;
  readonly cursor?: string;
}

export interface ReportPage extends Page<Readonly<Record<string, unknown>>>, Period {
  readonly timezone: string;
  readonly asOf: string;
  readonly by: readonly DimensionName[];
  readonly total: Readonly<Record<string, unknown>>;
}

/** Who asks for which report of which tenant. */
class ReportQuery<Answer> extends Query<Answer> {
  constructor(
    readonly name: ReportName,
    readonly caller: Principal,
    readonly tenantId: string,
    readonly wish: ReportWish,
  ) {
    super();
  }
}
export class ReadReport extends ReportQuery<ReportPage> {}
export class ExportReport extends ReportQuery<Readable> {}

/** What is to be understood. */
export interface Asking {
  readonly name: ReportName;
  readonly tenantId: string;
  readonly wish: Omit<ReportWish, 'limit' | 'cursor'>;
  readonly isOperator: boolean;
}

const askingOf = ({ name, caller, tenantId, wish }: ReportQuery<unknown>): Asking => {
  const { limit: _, cursor: __, ...rest } = wish;
  return { name, tenantId, wish: rest, isOperator: caller.kind === 'admin' };
};

/** Understands what is asked for. */
@Injectable()
export class ReportWishes {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly periods: ReportPeriods,
  ) {}

  /** Raises InvalidRequest. */
  async understood({ name, tenantId, wish, isOperator }: Asking): Promise<AskedReport & { readonly timezone: string }> {
    const report = REPORTS[name];
    const { since, until, by = report.usual, venueId: venue, ...filter } = wish;
    const venueId = await this.directory.venueInFilter(tenantId, venue);
    return {
      report,
      tenantId,
      by: [...new Set(by)],
      filter: { ...filter, ...(venueId !== undefined && { venueId }) },
      isOperator,
      ...(await this.periods.of(tenantId, { ...(since && { since }), ...(until && { until }) })),
    };
  }
}

@QueryHandler(ReadReport)
export class ReadReportHandler implements IQueryHandler<ReadReport> {
  constructor(
    private readonly wishes: ReportWishes,
    private readonly reader: ReportReader,
    private readonly consumers: EventConsumers,
    private readonly replica: Replica,
  ) {}

  /** Raises InvalidRequest, and InvalidCursor for one of another breakdown. */
  async execute(query: ReadReport): Promise<ReportPage> {
    const { limit, cursor } = query.wish;
    const asked = await this.wishes.understood(askingOf(query));
    const { report, by, since, until, timezone } = asked;
    const after = cursor === undefined ? undefined : placeOf(cursor, by);
    const { asOf, lines, total } = await this.replica.read(async () => ({
      asOf: await this.consumers.movedAt(report.consumer),
      lines: await this.reader.lines(asked, after, limit + 1),
      total: await this.reader.total(asked),
    }));
    return {
      since,
      until,
      timezone,
      asOf: iso(asOf ?? new Date(0)),
      by,
      total,
      ...pageOf(
        lines,
        limit,
        ({ place }) => encodeCursor(by.join(','), ...place),
        ({ shown }) => shown,
      ),
    };
  }
}

@QueryHandler(ExportReport)
export class ExportReportHandler implements IQueryHandler<ExportReport> {
  constructor(
    private readonly wishes: ReportWishes,
    private readonly reader: ReportReader,
    private readonly replica: Replica,
  ) {}

  /** CSV, read from the database as fast as it is taken. Raises InvalidRequest. */
  async execute(query: ExportReport): Promise<Readable> {
    const asked = await this.wishes.understood(askingOf(query));
    const csv = csvOf(asked);
    pipeline(streamOf(this.rows(asked)), csv, () => undefined); // a reader that goes away ends it; an error ends the response
    return csv;
  }

  private async *rows(asked: AskedReport): AsyncGenerator<object> {
    const { report } = asked;
    for (let after: readonly string[] | undefined; ;) {
      const from = after;
      const lines = await this.replica.read(() => this.reader.lines(asked, from, PAGE));
      for (const { shown } of lines) yield* report.rows?.(shown) ?? [shown];
      const last = lines.at(-1);
      if (!last || lines.length < PAGE) return;
      after = last.place;
    }
  }
}

/** Raises InvalidCursor. */
function placeOf(cursor: string, by: readonly DimensionName[]): string[] {
  const [of, ...place] = decodeCursor(cursor, by.length + 1);
  if (of !== by.join(',')) throw new InvalidCursor();
  return place;
}

/** What a spreadsheet would take for a formula gets an apostrophe: names are what people wrote. */
function csvOf({ report, by, isOperator }: AskedReport): Stringifier {
  const keys = by.flatMap((name) => {
    const { field, named } = dimension(name);
    return [...new Set([field, ...(named ? [named.field] : [])])];
  });
  return stringify({
    header: true,
    columns: [
      ...keys.map((key) => ({ key, header: key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) })),
      ...report.columns(isOperator).map(([key, header]) => ({ key, header })),
    ],
    escape_formulas: true,
  });
}
