/** Lanes as operators see them. */
import { ApiProperty } from '@nestjs/swagger';
import { OneOf, PageQuery } from '../../kernel/index.js';
import { CHANNELS, PROVIDERS, type Channel, type ProviderName } from '../../tenants/index.js';
import { OPEN_REASONS, type OpenReason } from './circuit-breaker.rules.js';

export class LaneView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) providerAccountId: string;
  @ApiProperty({ enum: PROVIDERS }) provider: ProviderName;
  @ApiProperty({ enum: CHANNELS }) channel: Channel;

  @ApiProperty({ type: String, nullable: true, description: 'Null where all senders of the account share the lane' })
  sender: string | null;

  @ApiProperty({ description: 'Segments, recipients or calls a second, as the provider counts' }) ratePerSecond: number;
  @ApiProperty({ description: 'Whether nothing is sent at the moment' }) resting: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it tries again by itself; null while the circuit breaker is closed',
  })
  restsUntil: string | null;

  @ApiProperty({
    enum: OPEN_REASONS,
    nullable: true,
    description: 'What was wrong when it was last tried; null when it is well',
  })
  reason: OpenReason | null;

  @ApiProperty({ type: String, nullable: true, description: 'The provider’s own code', example: '20003' })
  code: string | null;
}

export class ListLanesQuery extends PageQuery {
  @OneOf(['true', 'false'], {
    required: false,
    description: 'Only lanes whose circuit breaker is open, or only those whose is not',
  })
  resting?: 'true' | 'false';
}
