/** Messages as the routes show them. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, Text } from '../../kernel/index.js';
import { CATEGORIES, CHANNELS, type Category, type Channel } from '../../tenants/index.js';
import { STATUSES, type MessageStatus } from '../../ledger/index.js';

export class MessageEventView {
  @ApiProperty({ example: 'delivered' }) kind: string;
  @Instant({ description: 'When we recorded it' }) at: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it happened, by the provider’s word',
  })
  occurredAt: string | null;
  @ApiProperty({ type: String, nullable: true }) reason: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The provider’s own code' }) code: string | null;
  @ApiProperty({
    example: 'webhook',
    description: 'By whose word: api, campaign, desk, dispatch, reconciler or webhook',
  })
  source: string;
}

export class MessageView {
  @Id() id: string;
  @OneOf(STATUSES, { example: 'delivered' }) status: MessageStatus;
  @ApiProperty({ type: String, nullable: true, description: 'Why it ended or waits, as a stable word' }) reason:
    string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The same in a sentence' }) explanation: string | null;
  @OneOf(CHANNELS) channel: Channel;
  @OneOf(CATEGORIES) category: Category;
  @Text({ max: 320, example: 'ana@example.com' }) to: string;
  @ApiProperty({ example: 'tickets@riverside.example' }) from: string;
  @Id() venueId: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) campaignId: string | null;
  @ApiProperty({ example: 'ses' }) provider: string;
  @ApiProperty({ type: String, nullable: true }) providerMessageId: string | null;
  @ApiProperty({ type: String, nullable: true }) errorCode: string | null;
  @ApiProperty({ example: 1, description: 'SMS segments; 1 elsewhere' }) segments: number;
  @ApiProperty({ example: 1, description: 'How often it was given to the provider' }) attempts: number;
  @ApiProperty({ type: String, nullable: true }) reference: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) metadata: Record<string, unknown> | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) resendOf: string | null;
  @ApiProperty({ type: [String], enum: CHANNELS, description: 'What follows, in order, where it reaches nobody' })
  fallback: Channel[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message in whose place it was sent' })
  fallbackOf: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message that took its place' })
  followedBy: string | null;
  @Instant() createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) sendAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) sentAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) settledAt: string | null;
}

export class MessageWithEvents extends MessageView {
  @ApiProperty({ type: [MessageEventView], description: 'Its whole timeline, oldest first' })
  events: MessageEventView[];
}
