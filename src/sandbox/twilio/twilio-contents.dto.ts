/** What a test has Meta decide on a template. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../../providers/index.js';

export class ContentDecision {
  @ApiProperty({ enum: APPROVAL_STATUSES, description: '`missing`: as if the account had no such template' })
  @IsIn(APPROVAL_STATUSES)
  status: ApprovalStatus;

  @ApiPropertyOptional({ default: 'UTILITY', maxLength: 50 })
  @IsString()
  @MaxLength(50)
  category: string = 'UTILITY';

  @ApiPropertyOptional({ default: '', maxLength: 500, description: 'Why it was rejected' })
  @IsString()
  @MaxLength(500)
  reason: string = '';
}
