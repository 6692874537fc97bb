/** Reads the lines of reports: from sums that are kept, so that it takes as long however many messages there are. */
import { Injectable } from '@nestjs/common';
import { Database, SqlValues, type SqlCondition } from '../kernel/index.js';
import { TEMPLATE_KEYS } from '../templates/index.js';
import { dimension, valuesOf, type DimensionName } from './report-dimensions.js';
import type { Grouping, Report, SumsRow } from './report.js';

/** Days are of the tenant's zone, such as `2026-11-29`; both belong to the period. */
export interface Period {
  readonly since: string;
  readonly until: string;
}

/** Values that rows must have. A venue is named by its id. */
export interface ReportFilter {
  readonly venueId?: string;
  readonly campaignId?: string;
  readonly templateKey?: string;
  readonly channel?: string;
  readonly category?: string;
  readonly type?: string;
  readonly provider?: string;
  readonly country?: string;
  readonly direction?: string;
  readonly kind?: string;
  readonly reason?: string;
  readonly code?: string;
}

export interface AskedReport extends Period {
  readonly report: Report;
  readonly tenantId: string;
  readonly by: readonly DimensionName[];
  readonly filter: ReportFilter;
  readonly isOperator: boolean;
}

export interface ReportLine {
  /** Where it stands among all lines. */
  readonly place: readonly string[];
  /** What it is of, and its figures. */
  readonly shown: Readonly<Record<string, unknown>>;
}

@Injectable()
export class ReportReader {
  constructor(private readonly database: Database) {}

  /** Lines after a place, in the order of what they are broken down by. */
  async lines(asked: AskedReport, after: readonly string[] | undefined, limit: number): Promise<ReportLine[]> {
    const { report, by, isOperator } = asked;
    const values = valuesOfAsked(asked);
    const sums = report.sums(groupingOf(asked, values));
    const from = after && `(${by.join(', ')}) > (${after.map((value) => `$${values.list.push(value)}`).join(', ')})`;
    const names = by.flatMap((name) => {
      const { named } = dimension(name);
      return named ? [{ name, ...named }] : [];
    });
    const rows = await this.database.query<SumsRow>(
      `select line.*${names.map(({ name, column, field }) => `, ${name}_named.${column} as "${field}"`).join('')}
       from (
         select * from (
           select sums.*${by.map((name) => `, coalesce(${keyOf(name)}::text, '') collate "C" as ${name}`).join('')}
           from (${sums}) as sums where (${report.isShown})) as shown
         ${from === undefined ? '' : `where ${from}`} order by ${by.join(', ')} limit ${limit}
       ) as line
       ${names.map(({ name, relation }) => `left join ${relation} as ${name}_named on ${name}_named.id = line.${keyOf(name)}`).join('\n')}
       order by ${by.map((name) => `line.${name}`).join(', ')}`,
      values.list,
    );
    return rows.map((row) => ({
      place: by.map((name) => String(row[name])),
      shown: { ...valuesOf(by, row), ...report.figures(row, isOperator) },
    }));
  }

  /** How many lines there are. */
  async count(asked: AskedReport): Promise<number> {
    const values = valuesOfAsked(asked);
    const sums = asked.report.sums(groupingOf(asked, values));
    const [row] = await this.database.query<{ lines: number }>(
      `select count(*)::int as lines from (${sums}) as sums where ${asked.report.isShown}`,
      values.list,
    );
    return row?.lines ?? 0;
  }

  /** The figures of all lines together. */
  async total(asked: AskedReport): Promise<Readonly<Record<string, unknown>>> {
    const { report, isOperator } = asked;
    const values = valuesOfAsked(asked);
    const [row] = await this.database.query<SumsRow>(
      report.sums(groupingOf({ ...asked, by: [] }, values)),
      values.list,
    );
    if (!row) throw new Error('a sum of nothing is a row too');
    return report.figures(row, isOperator);
  }
}

const valuesOfAsked = ({ tenantId, since, until }: AskedReport): SqlValues => new SqlValues(tenantId, since, until);

/** A group's value as the database has it; lines show it as text, compared as bytes, so that pages follow each other in every locale. */
const keyOf = (name: DimensionName): string => `${name}_key`;

/** Rows are grouped before their values become text: there are many times more of them than of lines. */
function groupingOf({ by, filter }: AskedReport, values: SqlValues): Grouping {
  const among = values.all(conditionsOf(filter));
  return {
    keys: by.map((name) => `${dimension(name).sql} as ${keyOf(name)}`),
    names: by.map(keyOf),
    where: `tenant_id = $1 and day between $2::date and $3::date${among && ` and ${among}`}`,
  };
}

const conditionsOf = (filter: ReportFilter): SqlCondition[] => [
  [(place) => `venue_id = ${place}::uuid`, filter.venueId],
  [(place) => `campaign_id = ${place}::uuid`, filter.campaignId],
  [
    (place) => `template_id = (select id from ${TEMPLATE_KEYS} as template where tenant_id = $1 and key = ${place})`,
    filter.templateKey,
  ],
  [(place) => `channel = ${place}`, filter.channel],
  [(place) => `category = ${place}`, filter.category],
  [(place) => `type = ${place}`, filter.type],
  [(place) => `provider = ${place}`, filter.provider],
  [(place) => `country = ${place}`, filter.country],
  [(place) => `direction = ${place}`, filter.direction],
  [(place) => `kind = ${place}`, filter.kind],
  [(place) => `reason = ${place}`, filter.reason],
  [(place) => `code = ${place}`, filter.code],
];
