/** Request and response shapes of approvals. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Instant, OneOf, Text } from '../../kernel/index.js';
import { APPROVAL_STATES, type ApprovalState } from './approval-store.js';

const DIGEST = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';
const ACTOR = 'user:0198a2c0-0000-7000-8000-000000000000';

export class ApproveBody {
  @Text({
    max: 64,
    pattern: /^[0-9a-f]{64}$/,
    meaning: 'a digest, as `GET /api/campaigns/{id}/approval` answers it',
    example: DIGEST,
    description: 'Of what was reviewed: if that has changed meanwhile, nothing is approved',
  })
  digest: string;

  @Text({ required: false, max: 1_000, example: 'Checked with the venue', description: 'For people' })
  note?: string;
}

export class DeclineBody {
  @Text({ max: 1_000, example: 'The discount ended yesterday', description: 'For whoever made it' })
  reason: string;
}

export class ApprovalView {
  @OneOf(APPROVAL_STATES, { example: 'awaiting' }) state: ApprovalState;
  @ApiProperty({ type: String, nullable: true, example: ACTOR, description: 'Who asked, or scheduled it' })
  requestedBy: string | null;
  @Instant({ nullable: true }) requestedAt: string | null;
  @ApiProperty({ type: String, nullable: true, example: ACTOR }) decidedBy: string | null;
  @Instant({ nullable: true }) decidedAt: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'A note, or why it was declined' }) note: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 12_000, description: 'How many people it was approved for' })
  people: number | null;
}

export class CampaignReviewView {
  @Flag({ description: 'Whether it would start only when a second person has approved it' }) isNeeded: boolean;
  @Flag({ description: 'Whether it is approved as it is now' }) isApproved: boolean;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 10_000,
    description: 'From how many people on campaigns of the tenant need it',
  })
  neededFrom: number | null;
  @ApiProperty({ example: 12_000, description: 'People of its audience or segment, also those who would be left out' })
  people: number;
  @Text({ max: 64, example: DIGEST, description: 'Of all that it sends, to whom, by whom and when: what is approved' })
  digest: string;
  @ApiProperty({ type: ApprovalView, nullable: true }) approval: ApprovalView | null;
}
