/** Request and response shapes of the suppression routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, OneOf, PageQuery, Text } from '../../kernel/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import { SUPPRESSION_REASONS, type SuppressionReason } from '../consent.rules.js';

export class SuppressionsQuery extends PageQuery {
  @OneOf(CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' })
  channel?: Channel;

  @Text({ required: false, max: 320, example: 'ana@example.com', description: 'Only this address' })
  address?: string;
}

export class SuppressionPath {
  @OneOf(CHANNELS, { description: 'MMS counts as SMS' })
  channel: Channel;

  @Text({ max: 320, example: 'ana@example.com', description: 'URL-encoded' })
  address: string;
}

export class SuppressionView {
  @OneOf(CHANNELS) channel: string;
  @Text({ max: 320, example: 'ana@example.com' }) address: string;
  @OneOf(SUPPRESSION_REASONS) reason: SuppressionReason;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'What the provider said' })
  evidence: Record<string, unknown> | null;
  @Instant() createdAt: string;
}
