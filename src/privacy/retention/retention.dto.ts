/** Response shapes of retention. */
import { ApiProperty } from '@nestjs/swagger';
import { Int, OneOf } from '../../kernel/index.js';

export class KeptView {
  @ApiProperty({ type: 'integer', nullable: true, example: 90, description: 'null: they are kept' })
  days: number | null;
  @OneOf(['tenant', 'platform'] as const, { example: 'tenant', description: 'Who says so' })
  by: 'tenant' | 'platform';
  @Int({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 1_204, description: 'Messages that were erased, ever' })
  erased: number;
  @Int({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    example: 0,
    description: 'Older ones that are still scheduled, in doubt or not counted: they are looked at every hour',
  })
  waiting: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The age of the youngest message that was looked at',
  })
  erasedUntil: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When that last was' })
  lookedAt: string | null;
}

export class RetentionView {
  @ApiProperty({ type: KeptView, description: 'What messages said' }) content: KeptView;
  @ApiProperty({ type: KeptView, description: 'Whom they went to' }) recipients: KeptView;
  @ApiProperty({ type: KeptView, description: 'What people wrote' }) received: KeptView;
}
