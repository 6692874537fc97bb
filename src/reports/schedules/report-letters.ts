/** A report as an email has it: up to 100 lines, the total, and where the rest is. */
import { Injectable } from '@nestjs/common';
import { LocaleTexts } from '../../billing/index.js';
import { at, instant } from '../../kernel/index.js';
import { EventConsumers } from '../../ledger/index.js';
import type { Language, Letter, Table } from '../../notices/index.js';
import { ReportWishes } from '../read-report.query.js';
import { dimension } from '../report-dimensions.js';
import { ReportReader, type AskedReport, type Period } from '../report-reader.js';
import type { Report } from '../report.js';
import { REPORT_WORDS, type ReportWords } from './report-words.js';
import type { ScheduleRow, ScheduleTerms } from './schedule-store.js';

const MOST_ROWS = 100;
const NONE = '–';

type Line = Readonly<Record<string, unknown>>;

/** How figures and periods are written in a language. */
class ReportTexts {
  readonly texts: LocaleTexts;
  private readonly rates: Intl.NumberFormat;
  private readonly dates: Intl.DateTimeFormat;

  constructor(language: Language) {
    this.texts = new LocaleTexts(language);
    this.rates = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 });
    this.dates = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  }

  period({ since, until }: Period): string {
    const [first, last] = [new Date(since), new Date(until)];
    return since === until ? this.dates.format(first) : this.dates.formatRange(first, last);
  }

  /** A figure of a line, by the name of its field. */
  figure(path: string, value: unknown, currency: unknown): string {
    if (typeof value !== 'number') return typeof value === 'string' ? value : NONE;
    if (path.endsWith('Rate')) return this.rates.format(value);
    if (/micros$/i.test(path)) return this.texts.money(BigInt(value), String(currency));
    return path.endsWith('Ms') ? `${this.texts.count(value)} ms` : this.texts.count(value);
  }
}

@Injectable()
export class ReportLetters {
  constructor(
    private readonly wishes: ReportWishes,
    private readonly reader: ReportReader,
    private readonly consumers: EventConsumers,
  ) {}

  /** Without what messages cost the platform. Raises what the report's route raises. */
  async letter(schedule: ScheduleRow, tenantName: string, days: Period): Promise<Letter> {
    const { report: name, tenantId, by, filter, language } = schedule;
    const asked = await this.wishes.understood({
      name,
      tenantId,
      wish: { by, ...filter, ...days },
      isOperator: false,
    });
    const asOf = await this.consumers.movedAt(asked.report.consumer);
    const lines = await this.reader.lines(asked, undefined, MOST_ROWS);
    const count = await this.reader.count(asked);
    const [words, texts] = [REPORT_WORDS[language], new ReportTexts(language)];
    const table = tableOf(
      asked,
      lines.map(({ shown }) => shown),
      words,
      texts,
    );
    const left = count - table.lines;
    return {
      subject: `${words.reports[name]}: ${tenantName}, ${texts.period(days)}`,
      blocks: [
        words.about(tenantName, texts.period(days), asked.timezone),
        ...(count === 0 ? [words.nothing] : [table.table]),
        ...(left > 0 ? [words.more(texts.texts.count(left))] : []),
        ...(count === 0
          ? []
          : [words.total, tableOf({ ...asked, by: [] }, [await this.reader.total(asked)], words, texts).table]),
        words.csv(pathOf(schedule, days)),
        ...(asOf === undefined ? [] : [words.asOf(texts.texts.moment(instant(asOf)))]),
        words.why,
      ],
    };
  }
}

/** Lines whole, as long as they fit: one of several currencies is several rows. */
function tableOf(
  { report, by }: Pick<AskedReport, 'report' | 'by'>,
  lines: readonly Line[],
  words: ReportWords,
  texts: ReportTexts,
): { readonly table: Table; readonly lines: number } {
  const keys = by.map((name) => dimension(name).named?.field ?? dimension(name).field);
  const figures = report.columns(false).flatMap(([path]) => (path === 'currency' ? [] : [path]));
  const rows: string[][] = [];
  let taken = 0;
  for (const line of lines) {
    const more = rowsOf(report, line);
    if (rows.length + more.length > MOST_ROWS) break;
    taken += 1;
    for (const row of more) {
      rows.push([
        ...keys.map((key, place) => keyText(row, key, dimension(by[place] ?? 'day').field)),
        ...figures.map((path) => texts.figure(path, at(row, ...path.split('.')), at(row, 'currency'))),
      ]);
    }
  }
  const column = (path: string, isNumber: boolean): Table['columns'][number] => ({
    label: words.columns[path] ?? path,
    isNumber,
  });
  return {
    table: { columns: [...keys.map((key) => column(key, false)), ...figures.map((path) => column(path, true))], rows },
    lines: taken,
  };
}

const rowsOf = (report: Report, line: Line): readonly object[] => report.rows?.(line) ?? [line];

/** A name, or the id of what has none any more. */
function keyText(row: object, key: string, field: string): string {
  const value = at(row, key) ?? at(row, field);
  return typeof value === 'string' ? value : NONE;
}

/** The route that answers all lines. */
function pathOf({ report, by, filter }: ScheduleTerms, { since, until }: Period): string {
  const query = new URLSearchParams({ since, until, by: by.join(','), ...filter, format: 'csv' });
  return `/api/reports/${report}?${query.toString().replaceAll('%2C', ',')}`;
}
