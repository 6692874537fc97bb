/** Response shapes of the approval routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id } from '../../kernel/index.js';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../../providers/index.js';

export class ApprovalView {
  @Id({ description: 'The provider account that keeps the template' }) providerAccountId: string;
  @ApiProperty({ example: 'HX0123456789abcdef0123456789abcdef' }) contentSid: string;
  @ApiProperty({
    enum: APPROVAL_STATUSES,
    nullable: true,
    example: 'approved',
    description: 'Null: not asked yet. `missing`: the account has no such template',
  })
  status: ApprovalStatus | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'utility',
    description: 'Meta’s own, which decides the price, and whether it may decline to deliver',
  })
  category: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it was rejected, in Meta’s words' }) reason:
    string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) checkedAt: string | null;
}

export class ApprovalsView {
  @ApiProperty({ type: [ApprovalView], description: 'One for each account that the tenant sends WhatsApp through' })
  items: ApprovalView[];
}
