/** Request and response of the inbox's route. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, OneOf } from '../kernel/index.js';
import { PROVIDERS, type ProviderName } from '../tenants/index.js';

/** Events per request; the response says whether there are more. */
const MOST = 10_000;

export class ReplayBody {
  @Instant({ description: 'Received at or after', example: '2026-11-26T18:00:00Z' }) since: Date;
  @Instant({ required: false, description: 'Received before' }) until?: Date;
  @OneOf(PROVIDERS, { required: false }) provider?: ProviderName;
  @Id({ required: false, description: 'Only events of this message' }) messageId?: string;
  @Int({ required: false, min: 1, max: MOST, default: MOST }) limit: number = MOST;
}

export class ReplayedView {
  @ApiProperty({ example: 120, description: 'Events that are applied once more' }) events: number;
  @ApiProperty({ description: 'There are more: ask again, from a later `since`' }) more: boolean;
}
