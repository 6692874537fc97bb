/** Requests and responses of the inbox's routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, OneOf, PageQuery } from '../kernel/index.js';
import { PROVIDERS, type ProviderName } from '../tenants/index.js';

/** Events per request; the response says whether there are more. */
const MOST = 10_000;

export class ListInboxQuery extends PageQuery {
  @OneOf(PROVIDERS, { required: false }) provider?: ProviderName;
}

/** A provider's report that is not applied to any message yet: no address and no text. */
export class InboxEventView {
  @Id() id: string;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @ApiProperty({ example: 'status', description: '`status`, or `engagement` such as an open' }) kind: string;
  @ApiProperty({ example: 'delivered', description: 'The status, or the kind of engagement' }) what: string;
  @ApiProperty({ type: String, nullable: true, example: '30005', description: 'The provider’s own code' })
  code: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The message that it names; null where it is found by the provider’s id of it',
  })
  messageId: string | null;
  @Instant() receivedAt: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'No message was found: when it is looked for once more. Null: it waits to be applied',
  })
  lookAgainAt: string | null;
}

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
