/** Request and response shapes of the credit routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, iso, Text } from '../../kernel/index.js';
import type { CreditRow } from './credit-notes.js';

const CURRENCY = { max: 3, pattern: /^[A-Z]{3}$/, meaning: 'a currency as ISO 4217', example: 'EUR' } as const;

export class CreditBody {
  @Text({ max: 20, example: '12.50', description: 'What the tenant is given, as decimal text of at most six decimals' })
  amount: string;

  @Text(CURRENCY) currency: string;
  @Text({ max: 500, example: 'Two days without service', description: 'The tenant reads it on the statement' })
  reason: string;
}

export class CreditView {
  @Id() id: string;
  @Text({ max: 7, example: '2026-11', description: 'On the statement of which month it is' }) month: string;
  @ApiProperty({ type: 'integer', format: 'int64', example: 12_500_000 }) amountMicros: number;
  @Text(CURRENCY) currency: string;
  @Text({ max: 500, example: 'Two days without service' }) reason: string;
  @Text({ max: 100, example: 'admin' }) createdBy: string;
  @Instant() createdAt: string;
}

export const creditView = (row: CreditRow): CreditView => ({
  id: row.id,
  month: row.month,
  amountMicros: Number(row.micros),
  currency: row.currency,
  reason: row.reason,
  createdBy: row.created_by,
  createdAt: iso(row.created_at),
});
