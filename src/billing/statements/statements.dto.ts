/** Request and response shapes of the statement routes. */
import { applyDecorators, Param, type PipeTransform } from '@nestjs/common';
import { ApiParam, ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, Int, InvalidRequest, iso, OneOf, Text } from '../../kernel/index.js';
import { CATEGORIES, type Category } from '../../tenants/index.js';
import {
  DIRECTIONS,
  PRICE_UNITS,
  PRICED_CHANNELS,
  type Direction,
  type PricedChannel,
  type PriceUnit,
} from '../prices/price-line.js';
import { MONTH } from '../month.js';
import { LANGUAGES, type Language } from './statement-words.js';
import { LINE_KINDS, type LineKind, type Statement, type StatementLine, type StatementTotal } from './statement.js';
import type { StatementRow, StoredStatement } from './statement-store.js';

const HASH = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';
const MICROS = { type: 'integer', format: 'int64' } as const;
const MAYBE_TEXT = { type: String, nullable: true } as const;
const COUNT = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

/** `html` is a page to print. `json` is the text that the content hash is of. */
export const STATEMENT_FORMATS = ['csv', 'html', 'pdf', 'json'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

class MonthPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (MONTH.test(value)) return value;
    throw new InvalidRequest([{ path: 'month', message: 'month in the path must be a month such as 2026-10' }]);
  }
}

/** Route parameter: a month in the path. */
export const MonthParam = (): ParameterDecorator => Param('month', new MonthPipe());

export const ApiMonthParam = (): MethodDecorator =>
  applyDecorators(ApiParam({ name: 'month', schema: { type: 'string', pattern: MONTH.source }, example: '2026-10' }));

export class StatementExportQuery {
  @OneOf(STATEMENT_FORMATS, {
    required: false,
    default: 'csv',
    example: 'pdf',
    description: '`html` is a page to print; `json` the text that the hash is of',
  })
  format: StatementFormat = 'csv';

  @OneOf(LANGUAGES, { required: false, default: 'en', description: 'Of `html` and `pdf`' }) language: Language = 'en';
}

export class StatementTotalView {
  @Text({ max: 3, example: 'EUR' }) currency: string;
  @ApiProperty({ ...MICROS, example: 7_345_678, description: 'The exact sum of the lines' }) sumMicros: number;
  @ApiProperty({
    ...MICROS,
    example: 7_350_000,
    description: 'What is due: the sum, rounded once to the minor unit of ISO 4217',
  })
  totalMicros: number;
}

export class StatementLineView {
  @OneOf(LINE_KINDS, { example: 'usage' }) kind: LineKind;
  @Text({ max: 7, example: '2026-10', description: 'What it is about: of an adjustment an earlier month' })
  month: string;
  @ApiProperty({ enum: PRICED_CHANNELS, nullable: true, example: 'sms' }) channel: PricedChannel | null;
  @ApiProperty({ enum: DIRECTIONS, nullable: true, example: 'outbound' }) direction: Direction | null;
  @ApiProperty({ enum: CATEGORIES, nullable: true, example: 'marketing' }) category: Category | null;
  @ApiProperty({ ...MAYBE_TEXT, example: 'DE' }) country: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: 'twilio' }) provider: string | null;
  @ApiProperty({ enum: PRICE_UNITS, nullable: true, example: 'segment' }) unit: PriceUnit | null;
  @Int({ ...COUNT, example: 1_200, description: 'Below zero where an adjustment takes some away' }) messages: number;
  @Int({ ...COUNT, example: 1_234 }) units: number;
  @Int({ ...COUNT, example: 100, description: 'Of the units, those that the plan includes' }) included: number;
  @ApiProperty({ ...MICROS, nullable: true, example: 12_345_678, description: 'Null: no price is known' })
  chargeMicros: number | null;

  @ApiProperty({ ...MAYBE_TEXT, example: 'EUR' }) currency: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: null, description: 'The reason of a credit' }) note: string | null;
}

export class StatementSummary {
  @Id() id: string;
  @Text({ max: 7, example: '2026-10' }) month: string;
  @Text({ max: 64, example: 'Europe/Berlin', description: 'The tenant’s when the month was closed' }) timezone: string;
  @Instant({ description: 'The first moment of the month' }) from: string;
  @Instant({ description: 'The first moment after it' }) until: string;
  @Instant() closedAt: string;
  @Text({ max: 100, example: 'schedule' }) closedBy: string;
  @ApiProperty({ type: [StatementTotalView], description: 'By currency; none where nothing was charged' })
  totals: StatementTotalView[];

  @Int({ ...COUNT, example: 0, description: 'Messages, and months of numbers, without a known price' })
  unpriced: number;
  @Text({ max: 64, example: HASH, description: 'SHA-256 of the statement as `format=json`' }) contentHash: string;
}

export class StatementView extends StatementSummary {
  @ApiProperty({ type: [StatementLineView] }) lines: StatementLineView[];
}

export class CloseMonthView extends StatementSummary {
  @Flag({ example: true, description: 'False: the month had been closed before' }) isNew: boolean;
}

class CurrencyAmountView {
  @Text({ max: 3, example: 'EUR' }) currency: string;
  @ApiProperty({ ...MICROS, example: 7_345_678 }) micros: number;
}

export class ClosingView {
  @Id() tenantId: string;
  @Text({ max: 200, example: 'Riverside Festivals' }) tenantName: string;
  @Text({ max: 64, example: 'Europe/Berlin' }) timezone: string;
  @Text({ max: 7, example: '2026-10', description: 'The next month that is closed' }) month: string;
  @Instant({ description: 'When it ends where the tenant is' }) until: string;
  @Instant({ description: 'When it is closed by itself' }) closesAt: string;
  @Flag({ example: true, description: 'It has ended, and can be closed' }) isOver: boolean;
  @ApiProperty({ type: [CurrencyAmountView], description: 'What is charged for it so far' })
  charges: CurrencyAmountView[];

  @ApiProperty({ type: [CurrencyAmountView], description: 'What it costs us so far' }) costs: CurrencyAmountView[];
  @Int({ ...COUNT, example: 0, description: 'Amounts without a known charge' }) withoutCharge: number;
  @Int({ ...COUNT, example: 0, description: 'Amounts without a known cost' }) withoutCost: number;
}

export const totalView = ({ currency, sumMicros, totalMicros }: StatementTotal): StatementTotalView => ({
  currency,
  sumMicros: Number(sumMicros),
  totalMicros: Number(totalMicros),
});

export const summaryOf = (statement: StoredStatement): StatementSummary => ({
  id: statement.id,
  month: statement.month,
  timezone: statement.timezone,
  from: iso(statement.from),
  until: iso(statement.until),
  closedAt: iso(statement.closedAt),
  closedBy: statement.closedBy,
  totals: statement.totals.map(totalView),
  unpriced: statement.unpriced,
  contentHash: statement.contentHash,
});

export const rowSummary = (row: StatementRow, totals: Statement['totals']): StatementSummary => ({
  id: row.id,
  month: row.month,
  timezone: row.timezone,
  from: iso(row.starts_at),
  until: iso(row.ends_at),
  closedAt: iso(row.closed_at),
  closedBy: row.closed_by,
  totals: totals.map(totalView),
  unpriced: row.unpriced,
  contentHash: row.content_hash,
});

export const statementView = (statement: StoredStatement): StatementView => ({
  ...summaryOf(statement),
  lines: statement.lines.map(lineView),
});

const lineView = ({ chargeMicros, ...line }: StatementLine): StatementLineView => ({
  ...line,
  chargeMicros: chargeMicros === null ? null : Number(chargeMicros),
});
