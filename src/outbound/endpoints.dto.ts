/** Request and response shapes of webhook endpoints. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { Flag, Id, Instant, isWebAddress, OneOf, PageQuery, Text, TextList, WEB_ADDRESS } from '../kernel/index.js';
import { LANGUAGES, LetterLanguage, Mailboxes, type Language } from '../notices/index.js';
import { DELIVERY_STATES, type DeliveryState } from './delivery.js';
import { DISABLED_REASONS, type DisabledReason } from './endpoint-store.js';
import { ALL_EVENT_TYPES, type EventType } from './event-types.js';

const MOST_EMAILS = 10;

const Url = ({ required }: { required: boolean }): PropertyDecorator =>
  applyDecorators(
    Text({
      required,
      max: 2_000,
      example: 'https://hooks.example.com/callboard',
      description: 'Is posted to, and signed',
    }),
    ValidateBy(
      {
        name: 'webAddress',
        validator: { validate: (value) => (value === undefined && !required) || isWebAddress(value) },
      },
      { message: `$property must be ${WEB_ADDRESS}` },
    ),
  );

const EventTypes = (): PropertyDecorator =>
  TextList({
    required: false,
    nullable: true,
    min: 1,
    max: ALL_EVENT_TYPES.length,
    of: ALL_EVENT_TYPES,
    example: ['message.delivered', 'message.failed'],
    description: 'Which events it is told; all, and those to come, where it is null',
  });

const DESCRIPTION = { required: false, nullable: true, max: 200, example: 'Order service' } as const;
const NOTIFY = {
  required: false,
  max: MOST_EMAILS,
  description: 'Who is written to when it is disabled for its failures',
} as const;

export class CreateEndpointBody {
  @Url({ required: true }) url: string;
  @EventTypes() events?: EventType[] | null;
  @Text(DESCRIPTION) description?: string | null;
  @Mailboxes(NOTIFY) notifyEmails?: string[];
  @LetterLanguage() notifyLanguage: Language = 'en';
}

export class UpdateEndpointBody {
  @Url({ required: false }) url?: string;
  @EventTypes() events?: EventType[] | null;
  @Text(DESCRIPTION) description?: string | null;
  @Mailboxes(NOTIFY) notifyEmails?: string[];
  @OneOf(LANGUAGES, { required: false }) notifyLanguage?: Language;
  @Flag({ required: false, description: 'Whether it is told anything; true also calls at once what has failed' })
  enabled?: boolean;
}

export class EndpointView {
  @Id() id: string;
  @Text({ max: 2_000, example: 'https://hooks.example.com/callboard' }) url: string;
  @ApiProperty({ enum: ALL_EVENT_TYPES, isArray: true, nullable: true, example: ['message.delivered'] })
  events: EventType[] | null;
  @ApiProperty({ type: String, nullable: true, example: 'Order service' }) description: string | null;
  @ApiProperty({ type: [String], example: ['it@example.com'] }) notifyEmails: string[];
  @OneOf(LANGUAGES) notifyLanguage: Language;
  @Flag({ example: true }) enabled: boolean;
  @ApiProperty({
    enum: DISABLED_REASONS,
    nullable: true,
    description: '`failing`: it took nothing for three days. `gone`: it answered 410',
  })
  disabledReason: DisabledReason | null;
  @Instant({ nullable: true, description: 'From then on it missed what happened: see `replay`' }) disabledAt:
    string | null;
  @ApiProperty({ example: 0, description: 'Attempts since the last that it took' }) failures: number;
  @Instant({ nullable: true }) failingSince: string | null;
  @Instant({ nullable: true, description: 'When it last took something, to the minute' }) deliveredAt: string | null;
  @Instant() createdAt: string;
}

export class NewEndpointView extends EndpointView {
  @Text({ max: 100, example: `whsec_${'A'.repeat(43)}=`, description: 'Shown only here' }) secret: string;
}

export class EndpointSecretView {
  @Instant() createdAt: string;
  @Instant({ nullable: true, description: 'Until then events are signed by the one before too' })
  previousUntil: string | null;
  @Text({ max: 100, example: `whsec_${'A'.repeat(43)}=`, description: 'Shown only here' }) secret: string;
}

export class TestEndpointBody {
  @OneOf(ALL_EVENT_TYPES, {
    required: false,
    default: 'endpoint.test',
    description: 'An event of this type that did not happen',
  })
  type: EventType = 'endpoint.test';
}

export class ListDeliveriesQuery extends PageQuery {
  @OneOf(ALL_EVENT_TYPES, { required: false }) type?: EventType;
  @OneOf(DELIVERY_STATES, { required: false }) state?: DeliveryState;
  @Id({ required: false, description: 'Of one message' }) messageId?: string;
}

export class AttemptView {
  @Instant() at: string;
  @ApiProperty({ example: 84, description: 'Milliseconds until it answered' }) ms: number;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Such as `http_500` or `timeout`; null: it was taken',
  })
  error: string | null;
}

export class DeliveryView {
  @Id({ description: 'The `webhook-id` that it is posted with' }) id: string;
  @OneOf(ALL_EVENT_TYPES, { example: 'message.delivered' }) type: EventType;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null where the event is about no message',
  })
  messageId: string | null;
  @Flag({ example: false }) test: boolean;
  @OneOf(DELIVERY_STATES, { example: 'delivered' }) state: DeliveryState;
  @Instant({ description: 'When the event was recorded' }) happenedAt: string;
  @ApiProperty({ example: 1, description: 'Since it was last asked for' }) attempts: number;
  @ApiProperty({ type: [AttemptView], description: 'The last 20 attempts, oldest first' }) log: AttemptView[];
  @Instant({ nullable: true, description: 'When it is tried next, if what comes before it has arrived' })
  nextAttemptAt: string | null;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class ReplayDeliveriesBody {
  @Instant({ description: 'What was recorded at this time or later; within the last 30 days' }) from: Date;
  @Instant({ required: false, description: 'And before this time; now when absent' }) until?: Date;
}

export class ReplayView {
  @Id() id: string;
  @Instant() from: string;
  @Instant() until: string;
  @Instant({ description: 'How far it has come' }) reachedAt: string;
  @ApiProperty({ example: 1_042, description: 'Events that were found, and are being told' }) events: number;
  @Instant({ nullable: true, description: 'When all had been found' }) finishedAt: string | null;
}
