/** Shapes of the message routes. */
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { Id, Instant, JsonObject, Nested, OneOf, PageQuery, Text, NestedList } from '../../kernel/index.js';
import { CATEGORIES, CHANNELS, type Category, type Channel } from '../../tenants/index.js';
import { OwnContent, TemplateChoice } from './message-content.dto.js';
import { STATUSES, type MessageStatus } from '../../ledger/index.js';

/** Steps after a message's own channel. */
const FALLBACKS = 3;
/** Messages in one batch. */
const BATCH_LIMIT = 1_000;

/** What is sent where the message ends without reaching the person. */
export class FallbackStep {
  @OneOf(CHANNELS, { example: 'sms' })
  channel: Channel;

  @Id({ required: false, description: 'Which of the venue’s senders; its newest active one when absent' })
  senderId?: string;

  @Nested(() => TemplateChoice, {
    required: false,
    description: 'Either this or `content`; without `data` it gets those of the message’s own template',
    example: { key: 'order-sms' },
  })
  template?: TemplateChoice;

  @Nested(() => OwnContent, { required: false, description: 'Sent as it is, without variables' })
  content?: OwnContent;
}

export class NewMessage {
  @OneOf(CHANNELS)
  channel: Channel;

  @Text({
    max: 320,
    description: 'An email address, or a phone number as E.164 or as written in the tenant’s country',
    example: 'ana@example.com',
  })
  to: string;

  @Id({ required: false, description: 'Who speaks; the tenant’s default venue when absent' })
  venueId?: string;

  @Id({ required: false, description: 'Which of the venue’s senders; its newest active one when absent' })
  senderId?: string;

  @OneOf(CATEGORIES, { required: false, description: 'The template’s category, or `transactional`, when absent' })
  category?: Category;

  @Nested(() => TemplateChoice, {
    required: false,
    description: 'Either this or `content`',
    example: { key: 'order-confirmation', data: { name: 'Ana', order: { id: 'A-1001' } } },
  })
  template?: TemplateChoice;

  @Nested(() => OwnContent, { required: false, description: 'Sent as it is, without variables' })
  content?: OwnContent;

  @NestedList(() => FallbackStep, {
    required: false,
    max: FALLBACKS,
    description:
      'What follows, step by step, where the message ends without reaching the person; the template’s own `fallback` when absent, none when empty',
  })
  fallback?: FallbackStep[];

  @Text({
    required: false,
    max: 320,
    description:
      'The person’s other address, for fallbacks: an email address beside a phone number in `to`, or the reverse',
    example: '+15551234567',
  })
  alternateTo?: string;

  @Instant({ required: false, description: 'Not before this time; at most a year ahead' })
  sendAt?: Date;

  @Instant({ required: false, description: 'Not after this time: then it ends as `expired`' })
  expiresAt?: Date;

  @Text({
    required: false,
    max: 200,
    description: 'The caller’s own word for it, such as an order number',
    example: 'order:A-1001',
  })
  reference?: string;

  @JsonObject({ required: false, description: 'Kept with the message and given back, at most 4 KB' })
  metadata?: Record<string, unknown>;
}

export class NewMessages {
  /** Checked one by one, so that one bad message does not stop the others. */
  @ApiProperty({ type: [NewMessage], minItems: 1, maxItems: BATCH_LIMIT })
  @ArrayMinSize(1, { message: 'messages must hold at least one message' })
  @ArrayMaxSize(BATCH_LIMIT, { message: `messages may hold at most ${BATCH_LIMIT}: send the rest in another request` })
  @IsArray({ message: 'messages must be a list' })
  messages: unknown[];
}

export class AcceptedMessage {
  @Id() id: string;
  @OneOf(STATUSES, { example: 'queued' }) status: MessageStatus;
}

export class ListMessagesQuery extends PageQuery {
  @OneOf(CHANNELS, { required: false }) channel?: Channel;
  @OneOf(STATUSES, { required: false }) status?: MessageStatus;
  @Text({ required: false, max: 320, description: 'The recipient' }) to?: string;
  @Id({ required: false }) venueId?: string;
  @Id({ required: false }) campaignId?: string;
  @Text({ required: false, max: 200 }) reference?: string;
  @Instant({ required: false, description: 'Accepted at or after' }) since?: Date;
  @Instant({ required: false, description: 'Accepted before' }) until?: Date;
}

export { MessageEventView, MessageView, MessageWithEvents } from './message-views.dto.js';
