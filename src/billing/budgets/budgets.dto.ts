/** Request and response shapes of the budget routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Instant, Int, iso, Nested, OneOf, Text, TextList } from '../../kernel/index.js';
import { NoticeTargetsBody } from '../../notices/index.js';
import { CATEGORIES, type Category } from '../../tenants/index.js';
import { MEASURES, type Measure } from './budget.rules.js';
import type { BudgetRow, Reached } from './budget-store.js';

export const PERIODS = ['month'] as const;
export type Period = (typeof PERIODS)[number];

const AMOUNT = { min: 1, max: Number.MAX_SAFE_INTEGER, nullable: true, example: 50_000 } as const;
const USED = { type: 'integer', format: 'int64' } as const;

export class PutBudgetBody {
  @OneOf(PERIODS, { description: 'A calendar month in the tenant’s time zone' }) period: Period;

  @OneOf(MEASURES, { description: '`messages`: that providers take. `money`: what they are charged' })
  measure: Measure;

  @Int({ ...AMOUNT, description: 'Messages, or micros of the currency; null for no limit' })
  limit: number | null;

  @Text({
    required: false,
    max: 3,
    pattern: /^[A-Z]{3}$/,
    meaning: 'a currency such as USD',
    example: 'USD',
    description: 'Of money: the one that the tenant is charged in',
  })
  currency?: string;

  @Flag({ description: 'Whether messages beyond it wait; otherwise it only warns' }) hard: boolean;

  @TextList({
    required: false,
    max: CATEGORIES.length,
    of: CATEGORIES,
    default: ['emergency', 'transactional'],
    description: 'Categories that a hard budget never stops',
  })
  exempt: Category[] = ['emergency', 'transactional'];

  @Nested(() => NoticeTargetsBody, {
    required: false,
    nullable: true,
    example: { emails: ['finance@example.com'] },
    description: 'Who is told at 50, 80 and 100 percent; nobody when absent',
  })
  notify?: NoticeTargetsBody | null;
}

export class BudgetWarningView {
  @ApiProperty({ example: 80, description: '50, 80 or 100' }) percent: number;
  @Instant() reachedAt: string;
}

export class BudgetView {
  @OneOf(PERIODS) period: Period;
  @OneOf(MEASURES) measure: Measure;
  @ApiProperty({ ...USED, nullable: true, example: 50_000, description: 'Messages, or micros' }) limit: number | null;
  @ApiProperty({ type: String, nullable: true, example: null }) currency: string | null;
  @Flag() hard: boolean;
  @ApiProperty({ enum: CATEGORIES, isArray: true, example: ['emergency', 'transactional'] }) exempt: Category[];
  @Text({ max: 7, example: '2026-11' }) month: string;
  @ApiProperty({ ...USED, example: 41_200, description: 'By messages that providers took; up to a second old' })
  used: number;
  @ApiProperty({ ...USED, example: 120, description: 'By messages that are being sent, or are in doubt; of hard ones' })
  reserved: number;
  @Instant({ nullable: true, description: 'Since when messages wait for it' }) stoppedAt: string | null;
  @ApiProperty({ type: [BudgetWarningView], description: 'The shares that this month has reached' })
  warnings: BudgetWarningView[];
  @ApiProperty({ type: NoticeTargetsBody, description: 'Who is told of them' }) notify: Required<NoticeTargetsBody>;
}

export class BudgetsView {
  @ApiProperty({ type: [BudgetView], description: 'At most one for each measure' }) items: BudgetView[];
}

export const budgetView = (
  row: BudgetRow,
  warnings: readonly (Reached & { readonly reached_at: string })[],
): BudgetView => ({
  period: 'month',
  measure: row.measure,
  limit: row.amount === null ? null : Number(row.amount),
  currency: row.currency,
  hard: row.hard,
  exempt: [...row.exempt],
  month: row.month.slice(0, 7),
  used: Number(row.used),
  reserved: Number(row.reserved),
  stoppedAt: iso(row.stopped_at),
  warnings: warnings
    .filter(({ budget_id: id }) => id === row.id)
    .map(({ percent, reached_at: at }) => ({ percent, reachedAt: iso(at) })),
  notify: { emails: [...row.notify_emails], url: row.notify_url, language: row.notify_language },
});
