/** Shapes of what endpoints are posted. */
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { PUMPING_REASONS, type PumpingReason } from '../consent/index.js';
import { ReceivedMediaView } from '../conversations/index.js';
import { Flag, Id, Instant, MODES, OneOf, Text, type Mode } from '../kernel/index.js';
import { STATUSES, type MessageStatus } from '../ledger/index.js';
import { CATEGORIES, CHANNELS, PROVIDERS, type Category, type Channel, type ProviderName } from '../tenants/index.js';
import { ALL_EVENT_TYPES, CONTRACT_VERSION, type EventType } from './event-types.js';

const Nullable = (description?: string, example?: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, ...(description && { description }), ...(example && { example }) });

/** Of `message.…`, but for `message.received`. */
export class MessageEventData {
  @Id() messageId: string;
  @ApiProperty({
    example: 3,
    description:
      'How many things have happened to the message, this one included: of two events the later has the higher',
  })
  position: number;
  @ApiProperty({ enum: STATUSES, nullable: true, example: 'delivered', description: 'Null where it stays as it was' })
  status: MessageStatus | null;
  @OneOf(CHANNELS) channel: Channel;
  @OneOf(CATEGORIES) category: Category;
  @OneOf(PROVIDERS) provider: ProviderName;
  @Nullable() providerMessageId: string | null;
  @ApiProperty({ example: 1, description: 'SMS segments; 1 elsewhere' }) segments: number;
  @Nullable('Why, as a stable code') reason: string | null;
  @Nullable('The provider’s own code') errorCode: string | null;
  @ApiProperty({ example: 'webhook' }) source: string;
  @Instant({ nullable: true, description: 'When it happened, by the provider’s clock' }) occurredAt: string | null;
  @Text({ max: 320, example: 'ana@example.com' }) to: string;
  @Nullable(undefined, 'tickets@riverside.example') from: string | null;
  @Id() venueId: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) campaignId: string | null;
  @Nullable('As the caller gave it') reference: string | null;
  @Nullable(undefined, 'A-1001') orderId: string | null;
  @Nullable(undefined, 'C-7') customerId: string | null;
  @Nullable(undefined, 'order-confirmation') messageType: string | null;
  @Nullable() correlationId: string | null;
  @ApiProperty({ example: false, description: 'Sent to one’s own people, as a test of a campaign' }) isTest: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) metadata: Record<string, unknown> | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of `message.fell_back`: what follows it' })
  followedBy: string | null;
}

/** Of `message.received`. */
export class ReceivedMessageData {
  @Id() messageId: string;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 320, example: '+15551230001', description: 'The person' }) from: string;
  @Text({ max: 320, example: '+15557770001', description: 'The tenant’s number, or its pool' }) to: string;
  @Id() venueId: string;
  @Text({ max: 200, example: 'SM0c1e7b3a9d1c2f4b6a8c0e1234567890' }) providerMessageId: string;
  @ApiProperty({ example: 1 }) segments: number;
  @Nullable('What they wrote; null where it was erased', 'Is there parking?') text: string | null;
  @ApiProperty({
    type: [ReceivedMediaView],
    description: 'Pictures and the like that came with it; the event waits some seconds until they are fetched',
  })
  media: ReceivedMediaView[];
}

/** Of `consent.…`. */
export class ConsentEventData {
  @Id() venueId: string;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 320, example: '+15551230001' }) address: string;
  @OneOf(['opted_in', 'opted_out'], { example: 'opted_out' }) status: string;
  @OneOf(['opted_in', 'opted_out', 'unknown'], { example: 'opted_in' }) previousStatus: string;
  @Text({ max: 100, example: 'keyword' }) source: string;
  @Instant({ description: 'When the person decided' }) occurredAt: string;
}

/** Of `pumping.…`: the alarm as it stands when it is told. */
export class PumpingEventData {
  @Id({ description: 'Of the alarm: `GET /api/pumping-alarms`' }) alarmId: string;
  @Text({ max: 12, example: '+9477123', description: 'How its numbers begin' }) prefix: string;
  @Nullable('ISO 3166-1 alpha-2; null for numbers of no single country', 'LK') country: string | null;
  @OneOf(PUMPING_REASONS) reason: PumpingReason;
  @Flag({ example: true, description: 'Messages are stopped; else it is only told' }) blocks: boolean;
  @ApiProperty({ example: 42, description: 'Numbers that were never written to before' }) numbers: number;
  @ApiProperty({ example: 51, description: 'Messages to them that were accepted' }) messages: number;
  @ApiProperty({ example: 9, description: 'Of those, messages that were stopped' }) stopped: number;
  @ApiProperty({ type: Number, nullable: true, example: 300_000, description: 'Of one text, in millionths' })
  priceMicros: number | null;
  @Nullable('ISO 4217', 'USD') priceCurrency: string | null;
  @Instant() beganAt: string;
  @Instant({ description: 'When it ends, unless it goes on' }) endsAt: string;
  @Instant({ nullable: true }) endedAt: string | null;
  @Nullable('`rule`, `admin` or `key:<id>`') endedBy: string | null;
}

/** Of `endpoint.test`. */
export class EndpointTestData {
  @ApiProperty({ example: 'Events arrive here.' }) message: string;
}

export type EventData = MessageEventData | ReceivedMessageData | ConsentEventData | PumpingEventData | EndpointTestData;

@ApiExtraModels(MessageEventData, ReceivedMessageData, ConsentEventData, PumpingEventData, EndpointTestData)
export class EventPayload {
  @OneOf(ALL_EVENT_TYPES, { example: 'message.delivered' }) type: EventType;
  @ApiProperty({
    example: CONTRACT_VERSION,
    description: 'Of this contract: a version gains fields and types, and loses none',
  })
  version: number;
  @Instant({ description: 'When it was recorded' }) timestamp: string;
  @Id() tenantId: string;
  @OneOf(MODES, { example: 'live', description: '`test`: it happened to a test key’s tenant, at the sandbox' })
  mode: Mode;
  @Flag({ example: false, description: 'It did not happen: `POST /api/webhook-endpoints/{id}/test` asked for it' })
  test: boolean;
  @ApiProperty({
    oneOf: [MessageEventData, ReceivedMessageData, ConsentEventData, PumpingEventData, EndpointTestData].map(
      (data) => ({
        $ref: getSchemaPath(data),
      }),
    ),
    description: 'By `type`',
  })
  data: EventData;
}
